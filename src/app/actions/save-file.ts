import { CodedError, isAbort } from '../../base/errors';
import { ProgressMeter } from '../../base/progress-meter';
import type { TaskOptions } from '../../base/task';
import { isReadable } from '../../base/unreadable';
import type { OutputFile } from '../../commands/command';
import { StoreError } from '../../store/errors';

export type SaveFileErrorCode =
  /** The disk, or what the browser may use of it, is full. */
  | 'disk-full'
  /** The chosen file was moved, removed or locked, or the permission to write it was taken back. */
  | 'file-gone'
  /** Either of them, where the file that the dialog had made cannot be removed again, as it needs the same permission. */
  | 'file-left';

/** Why a file could not be saved; nothing of it was, but of `file-left` an empty file. */
export class SaveFileError extends CodedError<SaveFileErrorCode> {}

/** A file that the browser lets the app write: one that a person chose, or (in tests) one of the origin's own file system. */
export interface WritableFile {
  readonly name: string;
  getFile(): Promise<Blob & { readonly lastModified: number }>;
  /** Writes to a copy, which takes the file's place when the stream is closed. */
  createWritable(): Promise<WritableFileStream>;
  /** Chromium's; where it is missing, a file stays. */
  remove?(): Promise<void>;
}

/** The part of `FileSystemWritableFileStream` that is used. */
export interface WritableFileStream {
  write(data: Blob): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

/** The two ways in which a browser puts a file on a disk. */
export interface SaveFileWays {
  /** Opens the file dialog, with a name to begin with; undefined in browsers that have none. Must be called as an answer to a key or a press. */
  readonly choose: ((name: string) => Promise<WritableFile>) | undefined;
  /** Hands the content to the browser's downloads, which show progress and cancel themselves. */
  readonly download: (name: string, content: Blob) => void;
}

/**
 * Begins to save a file to disk: asks where, before the work whose result it takes, as the dialog opens only within seconds of a key or a
 * press. `name` may have folders before it; its last part counts. Rejects as aborted where the dialog is dismissed. What it gives is written
 * with `write`, once, with progress (bytes, of the whole) and cancel, whole or not at all: it rejects with `disk-full`, `file-gone`, `file-left` or the
 * signal's reason, with `blob-missing` where the content cannot be read, and a file that was there before is then as it was. Without a dialog, or where the browser refuses it, `write` is a download.
 */
export async function createFile(
  { choose, download }: SaveFileWays,
  name: string,
): Promise<OutputFile> {
  const fileName = name.split('/').findLast((part) => part !== '') ?? name;
  const openedAt = Date.now();
  const file = choose && (await orRefused(choose(fileName)));
  if (file) return new ChosenFile(file, await isNew(file, openedAt));
  return {
    write: (content, { signal } = {}) => {
      signal?.throwIfAborted();
      download(fileName, content);
      return Promise.resolve();
    },
    discard: () => Promise.resolve(),
  };
}

/** Written in steps of this many bytes, which the browser copies by itself: between two of them a cancel is seen. */
const STEP_BYTES = 16 * 1024 * 1024;

class ChosenFile implements OutputFile {
  readonly #file: WritableFile;
  /** Made empty by the dialog, so that it goes where nothing is put into it. */
  #isLeftover: boolean;

  constructor(file: WritableFile, isLeftover: boolean) {
    this.#file = file;
    this.#isLeftover = isLeftover;
  }

  async write(content: Blob, options: TaskOptions = {}): Promise<void> {
    try {
      await this.#write(content, options);
      this.#isLeftover = false;
    } catch (error) {
      const isLeft = !(await this.#remove());
      options.signal?.throwIfAborted();
      const failed = await toSaveFileError(error, this.#file.name, content);
      throw isLeft && failed instanceof SaveFileError
        ? leftBehind(this.#file.name, failed)
        : failed;
    }
  }

  async discard(): Promise<void> {
    await this.#remove();
  }

  /** Takes away what the dialog made. False where it may still be there. */
  async #remove(): Promise<boolean> {
    if (!this.#isLeftover) return true;
    this.#isLeftover = false;
    try {
      await this.#file.remove?.();
      return this.#file.remove !== undefined;
    } catch (error) {
      // A file that is gone already is as good as removed.
      return error instanceof Error && error.name === 'NotFoundError';
    }
  }

  async #write(content: Blob, { signal, onProgress }: TaskOptions): Promise<void> {
    signal?.throwIfAborted();
    const { name } = this.#file;
    const total = content.size;
    const meter = new ProgressMeter(
      { phase: 'write', total, unit: 'bytes', subject: name },
      onProgress,
    );
    const stream = await this.#file.createWritable();
    try {
      let before = Promise.resolve();
      for (let at = 0; at < total; at += STEP_BYTES) {
        const step = content.slice(at, at + STEP_BYTES);
        // One step waits while another is written, so that the browser never does.
        const writing = stream.write(step).then(() => meter.add(step.size));
        writing.catch(() => undefined);
        await before;
        signal?.throwIfAborted();
        before = writing;
      }
      await before;
      signal?.throwIfAborted();
      await stream.close();
    } catch (error) {
      await stream.abort(error).catch(() => undefined);
      throw error;
    }
    meter.finish();
  }
}

/** Undefined where the browser refuses its dialog: no key or press lately, a frame of another site, a policy. */
async function orRefused(choosing: Promise<WritableFile>): Promise<WritableFile | undefined> {
  try {
    return await choosing;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'SecurityError' || name === 'NotAllowedError') return undefined;
    throw error;
  }
}

/** The dialog makes the file that it asks a name for; one that was there before is older. */
async function isNew(file: WritableFile, openedAt: number): Promise<boolean> {
  const { size, lastModified } = await file.getFile();
  // File systems keep times by two seconds at worst (FAT).
  return size === 0 && lastModified >= openedAt - 2000;
}

async function toSaveFileError(cause: unknown, file: string, content: Blob): Promise<unknown> {
  if (!(cause instanceof Error) || isAbort(cause)) return cause;
  const detail = { file };
  switch (cause.name) {
    case 'QuotaExceededError':
      return diskFull(file, cause);
    case 'NotFoundError':
    case 'NotAllowedError':
    case 'NoModificationAllowedError':
    case 'InvalidStateError':
    case 'InvalidModificationError':
    case 'SecurityError':
      return new SaveFileError(
        'file-gone',
        `${file} can no longer be written: it was moved or removed, another program holds it, or the permission was taken back. Nothing of it was saved.`,
        { detail, cause },
      );
    case 'NotReadableError':
      // Chromium says this of a full disk too, where it notices first that it stopped to read what it was to write.
      if (await isReadable(content)) return diskFull(file, cause);
      return new StoreError(
        'blob-missing',
        `${file} could not be saved: a stored blob can no longer be read. "drydock verify" tells which.`,
        { detail, cause },
      );
    default:
      return cause;
  }
}

function leftBehind(file: string, cause: SaveFileError): SaveFileError {
  const why =
    cause.code === 'disk-full'
      ? 'there is no room left on its disk'
      : 'it was moved, another program holds it, or the permission was taken back';
  return new SaveFileError(
    'file-left',
    `${file} could not be saved: ${why}. An empty file of that name may be left, which the browser does not let Drydock remove.`,
    { detail: { file }, cause },
  );
}

function diskFull(file: string, cause: Error): SaveFileError {
  return new SaveFileError(
    'disk-full',
    `There is no room left for ${file} on its disk: nothing of it was saved.`,
    { detail: { file }, cause },
  );
}
