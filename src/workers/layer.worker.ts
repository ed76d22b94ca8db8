/// <reference lib="WebWorker" />
import { sharedBudget } from '../layer/memory-budget';
import { openIdbStore } from '../store/idb/open-idb-store';
import type { Store } from '../store/store';
import { createJobs } from './jobs';
import { serveJobs } from './jobs-server';

declare const self: DedicatedWorkerGlobalScope;

/** Bytes that all workers of the origin together may hold of layers that are summed up at once. */
const WHOLE_LAYERS_BYTES = 192 * 1024 * 1024;

let store: Promise<Store> | undefined;

/** The store that this worker is named after. What could not be opened is tried again by the next job. */
function openStore(): Promise<Store> {
  return (store ??= openIdbStore({ name: self.name }).catch((error: unknown) => {
    store = undefined;
    throw error;
  }));
}

const locks = 'locks' in navigator ? navigator.locks : undefined;
const reserve = sharedBudget(locks, WHOLE_LAYERS_BYTES);

serveJobs(self, createJobs({ openStore, reserve }));
