import { isAbort, toErrorRecord } from '../../base/errors';
import type { AbortOptions, TaskOptions } from '../../base/task';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import { tocClaim } from '../../layer/toc/toc-layer';
import { isForeignLayerType } from '../../oci/media-types';
import { familiarReference, type Reference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import {
  describeLayer,
  type LookAtLayer,
  type RemoteLayerView,
} from '../../registry/remote/remote-layer';
import type { FoundContent } from '../image/layer-content';
import type { ImageJobs } from '../image/image-jobs';
import type { ExploredLayer } from '../image/image-source';
import type { LayerShelf } from '../image/layer-shelf';
import type { Tasks } from '../tasks.svelte';
import type { FetchState, LayerFetching, LayerOffer } from './remote-facts';

export interface RemoteLayersParts {
  readonly client: RegistryClient;
  readonly reference: Reference;
  readonly layers: readonly ExploredLayer[];
  /** Where the indexes go. */
  readonly shelf: LayerShelf;
  readonly lookAtLayer: LookAtLayer;
  readonly jobs: ImageJobs;
  readonly tasks: Tasks;
}

/** A file up to this is fetched whole by its layer's table of contents, and kept while it is looked at, bytes. */
const KEPT_FILE_BYTES = 4 * 1024 * 1024;

type Wanted = Pick<FoundContent, 'path' | 'location'> & { readonly limit?: number | undefined };

/** The layers of an image in a registry. Nothing is fetched unasked, nothing is stored: what came goes with the page. */
export class RemoteLayers implements LayerFetching {
  readonly #parts: RemoteLayersParts;
  readonly #states: FetchState[];
  /** Layers that had to be fetched whole, by position. */
  readonly #whole = new Map<number, Blob>();
  #file:
    { readonly key: string; readonly content: Promise<Blob>; readonly signal: unknown } | undefined;

  constructor(parts: RemoteLayersParts) {
    this.#parts = parts;
    this.#states = parts.layers.map(() => ({ kind: 'idle' }));
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

  /** One file's content, its first `limit` bytes where that is given. */
  async read(position: number, wanted: Wanted, options: AbortOptions = {}): Promise<Blob> {
    const { signal } = options;
    const { location, limit } = wanted;
    const blob = this.#whole.get(this.#firstOf(position));
    if (blob) {
      return this.#parts.jobs.run(
        'readContent',
        { blob, location, limit },
        { signal, urgent: true },
      );
    }
    if (location.size > KEPT_FILE_BYTES) return this.#readByToc(position, wanted, options);
    const content = await this.#kept(position, wanted, options);
    return limit === undefined ? content : content.slice(0, limit);
  }

  /** The file that was read last is not fetched a second time: a preview and a digest are of the same. */
  async #kept(position: number, { path, location }: Wanted, options: AbortOptions): Promise<Blob> {
    const key = `${position} ${path}`;
    const { signal } = options;
    if (this.#file?.key !== key || this.#file.signal !== signal) {
      const content = this.#readByToc(position, { path, location }, options);
      this.#file = { key, content, signal };
    }
    return this.#file.content;
  }

  async #readByToc(
    position: number,
    { path, limit }: Wanted,
    options: AbortOptions,
  ): Promise<Blob> {
    const view = await this.#look(position, { ...options, path, limit });
    if (!view.content) throw new RangeError(`nothing was read of ${path}`);
    return view.content;
  }

  async #fetch(position: number): Promise<void> {
    const { reference, tasks } = this.#parts;
    const subject = `${familiarReference(reference)} (${position})`;
    const { task, result } = tasks.start({ kind: 'look', subject }, (options) =>
      this.#look(position, { ...options, keep: true }),
    );
    this.#put(position, { kind: 'fetching', task });
    try {
      const { index, way, fetched, bytes } = await result;
      const opened = openLayerIndex(index);
      if (bytes) this.#whole.set(position, bytes);
      this.#put(position, { kind: 'read', way, fetched });
      for (const each of this.#same(position)) {
        this.#parts.shelf.set(each, { kind: 'ready', index: opened });
      }
    } catch (error) {
      const isGivenUp = isAbort(error) || task.state.kind === 'cancelled';
      this.#put(
        position,
        isGivenUp ? { kind: 'idle' } : { kind: 'failed', error: toErrorRecord(error) },
      );
    }
  }

  async #look(
    position: number,
    {
      signal,
      onProgress,
      ...wanted
    }: TaskOptions & {
      readonly keep?: boolean;
      readonly path?: string;
      readonly limit?: number | undefined;
    },
  ): Promise<RemoteLayerView> {
    const { client, reference, lookAtLayer } = this.#parts;
    const { descriptor: layer, diffId } = this.#layer(position);
    const { repository } = reference;
    const named = { repository, layer, diffId, what: `layer ${position}` };
    const request = await describeLayer(client, named, { signal });
    return lookAtLayer({ ...request, ...wanted }, { signal, onProgress });
  }

  #put(position: number, state: FetchState): void {
    for (const each of this.#same(position)) this.#states[each] = state;
    this.#parts.shelf.tell();
  }

  /** Positions at which the same layer stands. */
  #same(position: number): readonly number[] {
    const { digest } = this.#layer(position).descriptor;
    return this.#parts.layers
      .filter(({ descriptor }) => descriptor.digest === digest)
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
