import { CodedError, isAbort } from './errors';

/** Bytes that the browser promised and can no longer give: a file that changed, moved or went, or storage that lost them. */
export class UnreadableError extends CodedError<'source-unreadable'> {}

/** Throws `source-unreadable` where `read` fails and the blob's bytes can no longer be read, else what `read` rejects with. */
export async function readingBlob<T>(blob: Blob, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAbort(error) || (await isReadable(blob))) throw error;
    throw unreadable(blob, error);
  }
}

export function unreadable(blob: Blob | undefined, cause: unknown): UnreadableError {
  const message =
    blob instanceof File
      ? `${blob.name} can no longer be read, as it was changed, moved or deleted after it was chosen: choose it again.`
      : 'These bytes can no longer be read, as their file was changed, moved or deleted: open the file again, or load the image again.';
  return new UnreadableError('source-unreadable', message, { cause });
}

/** A blob may be composed of several files: of each so many bytes, one is asked for. */
const STEP_BYTES = 16 * 1024 * 1024;

/**
 * Whether bytes are still there: a look here and there, not at each. Browsers name a failed read in many ways ("network error" is one), and
 * decoders take it for damage.
 */
export async function isReadable(blob: Blob): Promise<boolean> {
  try {
    // Of a file that is gone nothing but the whole can be asked for: its size is 0 then, and so are its slices.
    if (blob.size === 0) await blob.arrayBuffer();
    for (let end = blob.size; end > 0; end -= STEP_BYTES) {
      await blob.slice(end - 1, end).arrayBuffer();
    }
    return true;
  } catch {
    return false;
  }
}
