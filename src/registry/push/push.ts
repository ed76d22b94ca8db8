import type { TaskOptions } from '../../base/task';
import { ProgressMeter } from '../../base/progress-meter';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { BlobReader } from '../../store/content-store';
import { BlobUploader, pushScope, type UploadOptions } from './blob-upload';
import type { RegistryConnection } from '../connection';
import { DEFAULT_RETRY, persist } from '../http/retry';
import { isForeign, type PushDocument, type PushPlan } from './push-plan';

/** What became of a layer. */
export type LayerOutcome =
  | { readonly kind: 'pushed' | 'exists' | 'foreign' }
  | { readonly kind: 'mounted'; readonly from: string };

export interface PushParts {
  readonly connection: RegistryConnection;
  readonly repository: string;
  readonly reader: BlobReader;
  /** Other repositories of the registry that have a blob, likeliest first. */
  readonly mountsOf: (digest: Digest) => readonly string[];
}

export interface PushOptions extends TaskOptions, Pick<UploadOptions, 'retry' | 'chunkSize'> {
  /** Told once for each layer. */
  readonly onLayer?: ((layer: Descriptor, outcome: LayerOutcome) => void) | undefined;
}

/** Layers that are sent at the same time, as docker's engine does. */
export const CONCURRENT_UPLOADS = 5;
/** Repositories that a layer is asked of before it is sent. */
const MOUNT_ATTEMPTS = 4;

/**
 * Pushes to one repository: bytes and digests as they are stored. What the registry has is not sent, what another repository of it has is taken
 * over. What one push brought is not asked for again by the next.
 */
export class Pusher {
  readonly #parts: PushParts;
  readonly #uploader: BlobUploader;
  readonly #known = new Set<Digest>();

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#uploader = new BlobUploader(parts.connection, parts.repository);
  }

  /** Whether the registry has a manifest that is not stored here. */
  async hasManifest(digest: Digest, { signal }: TaskOptions = {}): Promise<boolean> {
    const { connection, repository } = this.#parts;
    const path = `/v2/${repository}/manifests/${digest}`;
    const request = { method: 'HEAD', path, scopes: [pushScope(repository)], signal } as const;
    return connection.send(request).then(
      () => true,
      () => {
        signal?.throwIfAborted();
        return false;
      },
    );
  }

  /** Blobs first, then what names them; the root under the tag, so that nobody sees it before all of it is there. */
  async push(
    { layers, others, documents }: PushPlan,
    tag: string,
    options: PushOptions = {},
  ): Promise<void> {
    const failed = new AbortController();
    const signals = [failed.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    const meter = new UploadMeter([...layers, ...others], options);
    const uploading = { ...options, signal, meter };
    const unique = [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
    const queue = [
      ...unique.map((layer) => async () => {
        options.onLayer?.(layer, await this.#layer(layer, uploading));
      }),
      ...others.map((blob) => async () => {
        await this.#blob(blob, uploading);
      }),
    ];
    await inParallel(queue, failed, options);
    meter.finish();
    for (const document of documents) {
      const isRoot = document === documents.at(-1);
      await this.#document(document, isRoot ? tag : document.descriptor.digest, options);
    }
  }

  async #layer(layer: Descriptor, options: Uploading): Promise<LayerOutcome> {
    return isForeign(layer) ? { kind: 'foreign' } : this.#blob(layer, options);
  }

  async #blob({ digest, size }: Descriptor, options: Uploading): Promise<LayerOutcome> {
    const { signal, meter } = options;
    const outcome = await this.#withoutSending(digest, options);
    if (!outcome) {
      const bytes = await this.#parts.reader.open(digest);
      const onSent = (sent: number): void => meter.sent(digest, sent);
      await this.#uploader.upload({ digest, size, bytes }, { ...options, signal, onSent });
    }
    this.#known.add(digest);
    meter.sent(digest, size);
    return outcome ?? { kind: 'pushed' };
  }

  async #withoutSending(digest: Digest, { signal }: Uploading): Promise<LayerOutcome | undefined> {
    if (this.#known.has(digest) || (await this.#uploader.has(digest, { signal }))) {
      return { kind: 'exists' };
    }
    for (const from of this.#parts.mountsOf(digest).slice(0, MOUNT_ATTEMPTS)) {
      if (await this.#uploader.mount(digest, from, { signal })) return { kind: 'mounted', from };
    }
    return undefined;
  }

  async #document(
    { descriptor, bytes }: PushDocument,
    name: string,
    { signal, retry = DEFAULT_RETRY }: PushOptions,
  ): Promise<void> {
    const { connection, repository } = this.#parts;
    // The same document under the same name twice is once.
    await persist({ policy: retry, signal }, () =>
      connection.send({
        method: 'PUT',
        path: `/v2/${repository}/manifests/${name}`,
        headers: { 'content-type': descriptor.mediaType },
        body: new Blob([bytes]),
        scopes: [pushScope(repository)],
        signal,
      }),
    );
  }
}

interface Uploading extends PushOptions {
  readonly meter: UploadMeter;
}

/** A few at a time. The first failure ends the rest, which have ended when it is thrown. */
async function inParallel(
  queue: readonly (() => Promise<void>)[],
  failed: AbortController,
  { signal }: TaskOptions,
): Promise<void> {
  const waiting = [...queue];
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task && !failed.signal.aborted; task = waiting.shift()) {
      await task();
    }
  };
  const workers = Array.from({ length: CONCURRENT_UPLOADS }, async () => {
    try {
      await work();
    } catch (error) {
      failed.abort(error);
    }
  });
  await Promise.all(workers);
  signal?.throwIfAborted();
  failed.signal.throwIfAborted();
}

/** Adds up what was sent of blobs that are sent at the same time. */
class UploadMeter {
  readonly #meter: ProgressMeter;
  readonly #sentOf = new Map<Digest, number>();

  constructor(blobs: readonly Descriptor[], { onProgress }: TaskOptions) {
    const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    this.#meter = new ProgressMeter({ phase: 'pushing', total, unit: 'bytes' }, onProgress);
  }

  /** `bytes` of a blob in all. An upload that begins again is not taken back. */
  sent(digest: Digest, bytes: number): void {
    const before = this.#sentOf.get(digest) ?? 0;
    if (bytes <= before) return;
    this.#sentOf.set(digest, bytes);
    this.#meter.add(bytes - before);
  }

  finish(): void {
    this.#meter.finish();
  }
}
