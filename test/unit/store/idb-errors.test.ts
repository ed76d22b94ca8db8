import { describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/base/errors';
import { CodedError } from '../../../src/base/errors';
import { toStoreError } from '../../../src/store/idb/idb-errors';

function codeOf(name: string, message = ''): unknown {
  const error = toStoreError(new DOMException(message, name));
  return error instanceof CodedError ? error.code : error;
}

describe('what IndexedDB throws', () => {
  it('is no room left, also where the disk fails under a Blob', () => {
    expect(codeOf('QuotaExceededError')).toBe('quota-exceeded');
    expect(codeOf('DataError', 'Failed to write blobs (IOError)')).toBe('quota-exceeded');
  });

  it('is a file that changed, wherever the browser notices', () => {
    expect(codeOf('NotReadableError')).toBe('source-unreadable');
    expect(codeOf('DataError', 'Failed to write blobs (InvalidBlob)')).toBe('source-unreadable');
  });

  it('is a newer version in another tab', () => {
    expect(codeOf('VersionError')).toBe('store-outdated');
  });

  it('is no storage at all for the rest, and never an abort of the task', () => {
    for (const name of ['AbortError', 'UnknownError', 'InvalidStateError', 'SecurityError']) {
      expect(codeOf(name)).toBe('storage-unavailable');
      expect(isAbort(toStoreError(new DOMException('', name)))).toBe(false);
    }
  });

  it('keeps what the browser said as the cause, and an error of the store as it is', () => {
    const cause = new DOMException('full', 'QuotaExceededError');
    expect(toStoreError(cause).cause).toBe(cause);
    const own = new CodedError('blob-missing', 'It is not here.');
    expect(toStoreError(own)).toBe(own);
  });
});
