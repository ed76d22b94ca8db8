/// <reference lib="WebWorker" />
import { openIdbStore } from '../store/idb/open-idb-store';
import type { Store } from '../store/store';
import { createJobs } from './jobs';
import { serveJobs } from './jobs-server';

declare const self: DedicatedWorkerGlobalScope;

let store: Promise<Store> | undefined;

/** The store that this worker is named after. What could not be opened is tried again by the next job. */
function openStore(): Promise<Store> {
  return (store ??= openIdbStore({ name: self.name }).catch((error: unknown) => {
    store = undefined;
    throw error;
  }));
}

const network = {
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  isOnline: () => navigator.onLine,
};

// The first job finds it open.
openStore().catch(() => undefined);
serveJobs(self, createJobs({ openStore, network }));
