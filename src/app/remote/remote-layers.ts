import { isAbort, toErrorRecord } from '../../base/errors';
import type { AbortOptions, Progress, TaskOptions } from '../../base/task';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import { layerName } from '../../layer/layer-name';
import { tocClaim } from '../../layer/toc/toc-layer';
import { isForeignLayerType } from '../../oci/media-types';
import { familiarReference, type Reference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import {
  describeLayer,
  type LookAtLayer,
  type RemoteLayerView,
} from '../../registry/remote/remote-layer';
import type { TransferNote } from '../../registry/transfer-note';
import type { FoundFile } from '../../layer/find-file';
import type { ImageJobs } from '../image/image-jobs';
import type { ExploredLayer, ReadFileRequest } from '../image/image-source';
import type { LayerShelf } from '../image/layer-shelf';
import type { Tasks } from '../tasks.svelte';
import type { KeptLayer, KeptLayers } from './kept-layers';
import type { FetchState, LayerFetching, LayerOffer } from './remote-facts';

export interface RemoteLayersParts {
  readonly client: RegistryClient;
  readonly reference: Reference;
  readonly layers: readonly ExploredLayer[];
  /** Those that the store has, by position. */
  readonly stored: ReadonlyMap<number, KeptLayer>;
  /** What was read before, and where goes what is read now. */
  readonly kept: KeptLayers;
  /** Where the indexes go. */
  readonly shelf: LayerShelf;
  readonly lookAtLayer: LookAtLayer;
  readonly jobs: ImageJobs;
  readonly tasks: Tasks;
}

/** A file up to this is kept while it is looked at, once all of it was read by its layer's table of contents, bytes. */
const KEPT_FILE_BYTES = 4 * 1024 * 1024;

type Wanted = Pick<FoundFile, 'path' | 'location'> & Pick<ReadFileRequest, 'limit' | 'budget'>;

interface Look extends TaskOptions {
  readonly keep?: boolean;
  readonly path?: string;
  readonly limit?: number | undefined;
  readonly budget?: number | undefined;
}

/** The layers of an image in a registry. Nothing is fetched unasked, nothing is stored: what came goes with the page. */
export class RemoteLayers implements LayerFetching {
  readonly #parts: RemoteLayersParts;
  /** By position; a layer that was read is among the kept ones. */
  readonly #states: FetchState[];
  #file:
    { readonly key: string; readonly content: Promise<Blob>; readonly signal: unknown } | undefined;

  constructor(parts: RemoteLayersParts) {
    this.#parts = parts;
    this.#states = parts.layers.map(() => ({ kind: 'idle' }));
    for (const { position } of parts.layers) {
      const kept = this.#kept(position);
      if (kept) parts.shelf.set(position, { kind: 'ready', index: kept.index });
    }
  }

  offer(position: number): LayerOffer {
    const { descriptor } = this.#layer(position);
    return {
      size: descriptor.size,
      toc: tocClaim(descriptor)?.format,
      isForeign: isForeignLayerType(descriptor.mediaType),
    };
  }

  state(position: number): FetchState {
    const kept = this.#kept(position);
    if (kept) return { kind: 'read', way: kept.way, fetched: kept.fetched };
    return this.#states[position] ?? { kind: 'idle' };
  }

  fetch(positions: readonly number[]): void {
    for (const position of new Set(positions.map((each) => this.#firstOf(each)))) {
      const { kind } = this.state(position);
      if (kind === 'idle' || kind === 'failed') void this.#fetch(position);
    }
  }

  cancel(): void {
    for (const state of this.#states) if (state.kind === 'fetching') state.task.cancel();
  }

  /** One file's content, its first `limit` bytes where that is given. Rejects with `over-budget` before more is fetched than allowed. */
  async read(position: number, wanted: Wanted, options: AbortOptions = {}): Promise<Blob> {
    const { signal } = options;
    const { location, limit = Infinity } = wanted;
    const blob = this.#kept(position)?.bytes;
    if (blob) {
      return this.#parts.jobs.run(
        'readContent',
        { blob, location, limit: wanted.limit },
        { signal, urgent: true },
      );
    }
    const isWhole = limit >= location.size;
    if (!isWhole || location.size > KEPT_FILE_BYTES) {
      return this.#readByToc(position, wanted, options);
    }
    return this.#readOnce(position, wanted, options);
  }

  /**
   * The file that was read last is not fetched a second time: a preview and a digest are of the same. What was refused may be allowed the next
   * time, or go well.
   */
  async #readOnce(position: number, wanted: Wanted, options: AbortOptions): Promise<Blob> {
    const key = `${position} ${wanted.path}`;
    const { signal } = options;
    if (this.#file?.key !== key || this.#file.signal !== signal) {
      const content = this.#readByToc(position, wanted, options);
      const file = { key, content, signal };
      this.#file = file;
      content.catch(() => {
        if (this.#file === file) this.#file = undefined;
      });
    }
    return this.#file.content;
  }

  async #readByToc(
    position: number,
    { path, limit, budget }: Wanted,
    options: AbortOptions,
  ): Promise<Blob> {
    let came: Pick<KeptLayer, 'fetched' | 'toc'> = { fetched: 0 };
    const onProgress = ({ done }: Progress): void => void (came = { fetched: done });
    try {
      const keep = this.#kept(position)?.toc === undefined;
      const wanted = { path, limit, budget, keep };
      const view = await this.#look(position, { ...options, ...wanted, onProgress });
      came = view;
      if (!view.content) throw new RangeError(`nothing was read of ${path}`);
      return view.content;
    } finally {
      // What is given up or refused in the end has come all the same.
      this.#count(position, came);
    }
  }

  async #fetch(position: number): Promise<void> {
    const { reference, tasks } = this.#parts;
    const subject = `${familiarReference(reference)} (${position})`;
    const { task, result } = tasks.start({ kind: 'look', subject }, (options) =>
      this.#look(position, { ...options, keep: true }),
    );
    this.#put(position, { kind: 'fetching', task });
    try {
      const { index: encoded, ...view } = await result;
      const index = openLayerIndex(encoded);
      this.#parts.kept.put(this.#layer(position), { ...view, index });
      this.#put(position, { kind: 'idle' });
      for (const each of this.#same(position)) {
        this.#parts.shelf.set(each, { kind: 'ready', index });
      }
    } catch (error) {
      const isGivenUp = isAbort(error) || task.state.kind === 'cancelled';
      this.#put(
        position,
        isGivenUp ? { kind: 'idle' } : { kind: 'failed', error: toErrorRecord(error) },
      );
    }
  }

  async #look(position: number, { signal, onProgress, ...wanted }: Look): Promise<RemoteLayerView> {
    const { client, reference, lookAtLayer } = this.#parts;
    const { descriptor: layer, diffId } = this.#layer(position);
    const { repository } = reference;
    const named = { repository, layer, diffId, what: layerName(position) };
    const kept = this.#kept(position);
    // Where its table was read, parts of it were sent.
    const request = await describeLayer(client, named, { signal, sendsRanges: kept && true });
    const onNote = (note: TransferNote): void => client.connection.hear(note);
    return lookAtLayer({ ...request, ...wanted, toc: kept?.toc }, { signal, onProgress, onNote });
  }

  /** Adds to what is kept of a layer. */
  #count(position: number, { fetched, toc }: Pick<KeptLayer, 'fetched' | 'toc'>): void {
    const layer = this.#layer(position);
    const kept = this.#parts.kept.get(layer);
    if (!kept) return;
    const sum = { ...kept, fetched: kept.fetched + fetched, toc: toc ?? kept.toc };
    this.#parts.kept.put(layer, sum);
    this.#parts.shelf.tell();
  }

  #kept(position: number): KeptLayer | undefined {
    return this.#parts.stored.get(position) ?? this.#parts.kept.get(this.#layer(position));
  }

  #put(position: number, state: FetchState): void {
    for (const each of this.#same(position)) this.#states[each] = state;
    this.#parts.shelf.tell();
  }

  /** Positions at which the same layer stands. */
  #same(position: number): readonly number[] {
    const { descriptor, diffId } = this.#layer(position);
    return this.#parts.layers
      .filter((each) => each.descriptor.digest === descriptor.digest && each.diffId === diffId)
      .map((layer) => layer.position);
  }

  #firstOf(position: number): number {
    return this.#same(position)[0] ?? position;
  }

  #layer(position: number): ExploredLayer {
    const layer = this.#parts.layers[position];
    if (!layer) throw new RangeError(`No layer ${position} of ${this.#parts.layers.length}.`);
    return layer;
  }
}
