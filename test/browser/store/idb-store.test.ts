import { afterEach, beforeEach, describe, vi } from 'vitest';
import { openIdbStore, type OpenIdbStoreOptions } from '../../../src/store/idb/open-idb-store';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { databaseNames } from '../../support/idb-names';
import { describeStore } from '../../support/store-contract';

const freshName = databaseNames();

function open(options: OpenIdbStoreOptions = {}): Promise<Store> {
  return openIdbStore({ name: freshName(), ...options });
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
