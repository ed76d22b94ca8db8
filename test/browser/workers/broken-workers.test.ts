import { afterEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../src/workers/pool';

/** A worker of this script. */
function workerOf(script: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
}

const ANSWERS = 'onmessage = ({ data }) => postMessage({ kind: "done", id: data.id, result: 7 })';

const pools: WorkerPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

/** A pool whose first worker runs this script, and every other answers 7. */
function poolWith(script: string): WorkerPool {
  let made = 0;
  const pool = new WorkerPool({
    createWorker: () => workerOf(made++ === 0 ? script : ANSWERS),
    concurrency: 1,
  });
  pools.push(pool);
  return pool;
}

function run(pool: WorkerPool, signal?: AbortSignal): Promise<number> {
  return pool.run('unpackArchive', { blob: new Blob(), scratch: '' }, { signal });
}

describe('a pool of real workers', () => {
  for (const [what, script] of [
    ['throws', 'onmessage = () => { setTimeout(() => { throw new Error("lost"); }) }'],
    ['cannot be read', 'this is no script'],
  ] as const) {
    it(`tells of a worker that ${what}, and replaces it`, async () => {
      const pool = poolWith(script);
      const [lost, next] = [run(pool), run(pool)];
      await expect(lost).rejects.toMatchObject({ code: 'worker-crashed' });
      expect(await next).toBe(7);
    });
  }

  it('ends a worker that hangs 250 ms after its job was cancelled, and replaces it', async () => {
    const pool = poolWith('onmessage = () => { for (;;); }');
    const controller = new AbortController();
    const hung = run(pool, controller.signal);
    const next = run(pool);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = performance.now();
    controller.abort(new DOMException('enough', 'AbortError'));
    await expect(hung).rejects.toThrow('enough');
    expect(performance.now() - asked).toBeGreaterThanOrEqual(240);
    expect(await next).toBe(7);
  });
});
