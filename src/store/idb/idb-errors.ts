import { isCoded } from '../../base/errors';
import { unreadable } from '../../base/unreadable';
import { quotaExceeded, StoreError } from '../errors';

/** What IndexedDB threw, as an error of the store. An aborted transaction is never taken for a task that was given up. */
export function toStoreError(cause: unknown): Error {
  if (isCoded(cause)) return cause;
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' };
  switch (name) {
    case 'QuotaExceededError':
      return quotaExceeded(cause);
    case 'NotReadableError':
    case 'NotFoundError':
      return unreadable(undefined, cause);
    case 'DataError':
      // Chromium could not copy a Blob: its disk failed ("IOError"), or else the file behind it ("InvalidBlob", "TimestampError").
      return message.includes('IOError') ? quotaExceeded(cause) : unreadable(undefined, cause);
    case 'VersionError':
      return storeOutdated();
    default:
      return storageUnavailable(cause);
  }
}

export function storeOutdated(): StoreError {
  return new StoreError(
    'store-outdated',
    'Another tab runs a newer version of Drydock: reload this page.',
  );
}

export function storeBlocked(): StoreError {
  return new StoreError(
    'store-blocked',
    'Another tab with an older version of Drydock keeps the stored images open: close it, then reload this page.',
  );
}

function storageUnavailable(cause: unknown): StoreError {
  return new StoreError(
    'storage-unavailable',
    'The browser does not let Drydock store images here: allow site data for this page, or leave private browsing, then reload.',
    { cause },
  );
}

/** The store was closed by its own tab, or its data was cleared by the browser. */
export function storeClosed(): StoreError {
  return new StoreError(
    'storage-unavailable',
    'The connection to the stored images was closed: reload this page.',
  );
}
