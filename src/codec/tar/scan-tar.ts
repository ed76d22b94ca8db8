import { forEachChunk, readRange, type ByteSource } from '../../base/byte-source';
import { ProgressMeter } from '../../base/progress-meter';
import type { TaskOptions } from '../../base/task';
import type { TarEntry } from './tar-entry';
import { TarReader } from './tar-reader';

/** Bytes read at once after a jump: what follows a large content is a header, or few. */
const MIN_WINDOW = 64 * 1024;
/** Bytes read at once where entries are small and follow each other. */
const MAX_WINDOW = 4 * 1024 * 1024;
/** Bytes that are cheaper to read than to jump over, as each read of its own costs about what reading these does. */
const WORTH_A_JUMP = 512 * 1024;

/** `what` is how an error names the bytes. */
export interface ScanTarOptions extends TaskOptions {
  readonly what?: string | undefined;
}

/**
 * Visits the entries of an uncompressed tar and reads little else: large contents are jumped over where the source knows its size.
 * Progress counts bytes of the archive. Rejects with `truncated`, `bad-tar` and `limit-exceeded`.
 */
export async function scanTar(
  source: ByteSource,
  visit: (entry: TarEntry) => void,
  { what = 'the archive', signal, onProgress }: ScanTarOptions = {},
): Promise<void> {
  const reader = new TarReader({ entry: visit }, { what });
  const progress = new ProgressMeter(
    { phase: 'scan', total: source.size, unit: 'bytes', subject: what },
    onProgress,
  );
  let window = MIN_WINDOW;
  const push = (chunk: Uint8Array): void => {
    const start = reader.position;
    reader.push(chunk);
    const ahead = Math.min(reader.skippable, (source.size ?? 0) - reader.position);
    const jump = ahead >= WORTH_A_JUMP;
    if (jump) reader.skip(ahead);
    window = jump ? MIN_WINDOW : Math.min(window * 2, MAX_WINDOW);
    progress.add(reader.position - start);
  };
  if (source.size === null) {
    await forEachChunk(source.open(undefined, { signal }), push, { signal });
  } else {
    const { size } = source;
    while (!reader.ended && reader.position < size) {
      const start = reader.position;
      const end = Math.min(size, start + window);
      const chunk = await readRange(source, { start, end }, { signal });
      if (chunk.length === 0) break;
      push(chunk);
    }
  }
  reader.finish();
  progress.finish();
}
