import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { openIdbStore, type OpenIdbStoreOptions } from '../../../src/store/idb/open-idb-store';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { describeStore } from '../../support/store-contract';

let count = 0;
const names: string[] = [];

function open(options: OpenIdbStoreOptions = {}): Promise<Store> {
  const name = `contract-${++count}`;
  names.push(name);
  return openIdbStore({ name, ...options });
}

/** As WebKitGTK does in an ephemeral session: the transaction aborts. */
function refuseBlobs(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) {
    const request = put.call(this, value, key);
    if (value instanceof Blob) this.transaction.abort();
    return request;
  });
}

afterEach(async () => {
  for (const name of names.splice(0)) await deleteDB(name);
});

describeStore('the IndexedDB store', open);
describeStore('the IndexedDB store without Web Locks or estimates', () =>
  open({ locks: null, storage: null }),
);
describe('where the browser refuses Blobs in IndexedDB', () => {
  beforeEach(refuseBlobs);
  afterEach(() => vi.restoreAllMocks());
  describeStore('the IndexedDB store of chunks', open);
});
describeStore('the memory store in a browser', openMemoryStore);
