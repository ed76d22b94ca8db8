import type { AbortOptions } from '../../base/task';
import { LayerError } from '../../layer/errors';
import { findFile } from '../../layer/find-file';
import type { ExpectedLayer } from '../../layer/ingest-layer';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { Digest } from '../../oci/digest';
import type { ImageJobs } from './image-jobs';
import type { ReadFileRequest } from './image-source';
import type { LayerShelf } from './layer-shelf';

/** Where a layer's bytes come from; rejects where there are none. */
export type LayerBytes = (layer: number) => Promise<Blob>;

/** Indexes layers and reads their files, in workers. */
export class LayerReader {
  readonly #jobs: ImageJobs;
  readonly #shelf: LayerShelf;
  readonly #bytes: LayerBytes;

  constructor(jobs: ImageJobs, shelf: LayerShelf, bytes: LayerBytes) {
    this.#jobs = jobs;
    this.#shelf = shelf;
    this.#bytes = bytes;
  }

  /** Reads a layer's table of contents and puts it on the shelf as it grows. What goes wrong is put there too. */
  async index(layer: number, what: string, { signal }: AbortOptions): Promise<void> {
    try {
      this.#shelf.set(layer, { kind: 'indexing', index: undefined });
      const blob = await this.#bytes(layer);
      const onEvent = (partial: ArrayBuffer): void => {
        this.#shelf.set(layer, { kind: 'indexing', index: openLayerIndex(partial) });
      };
      const whole = await this.#jobs.run('indexLayer', { blob, what }, { signal, onEvent });
      this.#shelf.set(layer, { kind: 'ready', index: openLayerIndex(whole) });
    } catch (error) {
      if (signal?.aborted !== true) this.#shelf.fail(layer, error);
    }
  }

  /**
   * Hashes a layer that was indexed without being checked, and says so on the shelf where it is not what it should be: its files can
   * still be browsed.
   */
  async check(layer: number, expected: ExpectedLayer, { signal }: AbortOptions): Promise<void> {
    const state = this.#shelf.get(layer);
    if (state.kind !== 'ready') return;
    const blob = await this.#bytes(layer);
    // Of an uncompressed layer the diff ID is the digest.
    const isPlain = state.index.tarSize === blob.size;
    const wanted = expected.digest ?? (isPlain ? expected.diffId : undefined);
    if (wanted === undefined) return;
    const found = await this.#jobs.run('hashBlob', { blob }, { signal });
    if (found === wanted) return;
    const { what, archiveOffset } = expected;
    const at = archiveOffset === undefined ? '' : ` (offset ${archiveOffset})`;
    this.#shelf.fail(
      layer,
      new LayerError('digest-mismatch', `${what}${at} has the digest ${found}, not ${wanted}.`, {
        detail: { what, expected: wanted, found },
      }),
    );
  }

  /** As `ImageSource.readFile`. */
  async read(request: ReadFileRequest, { signal }: AbortOptions = {}): Promise<Blob> {
    const { layer, location } = findFile(this.#shelf.indexes, request.layer, request.path);
    const blob = await this.#bytes(layer);
    const { limit } = request;
    return this.#jobs.run('readContent', { blob, location, limit }, { signal, urgent: true });
  }

  /** As `ImageSource.hashFile`. */
  async hash(request: ReadFileRequest, options: AbortOptions = {}): Promise<Digest> {
    const blob = await this.read(request, options);
    return this.#jobs.run('hashBlob', { blob }, { signal: options.signal, urgent: true });
  }
}
