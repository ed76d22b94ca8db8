/** A worker that runs the jobs of `JobMap` on this store. The name of the store is the name of the worker. */
export function createLayerWorker(store = 'drydock'): Worker {
  return new Worker(new URL('./layer.worker.ts', import.meta.url), { type: 'module', name: store });
}
