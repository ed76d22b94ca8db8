import { anySignal } from '../base/any-signal';
import type { ByteSource } from '../base/byte-source';
import { ProgressMeter } from '../base/progress-meter';
import type { AbortOptions, TaskOptions } from '../base/task';
import type { ExpectedLayer } from '../layer/ingest-layer';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import type { ImageSummary, LayerSummary } from './image-summary';

/** A layer on its way. The same object in several images, or twice in one, is copied once. */
export interface CopyLayer {
  readonly bytes: ByteSource;
  /** What the bytes must turn out to be. */
  readonly expected: ExpectedLayer;
}

/** A blob that is neither layer nor document, such as an attestation: checked against its digest, and kept. */
export interface CopyBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly bytes: ByteSource;
  readonly what: string;
}

/** An index, manifest or configuration. Whoever makes one has checked that the digest is that of the bytes. */
export interface CopyDocument {
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What an image is, once its layers have been read. */
export interface DescribedImage {
  /** The manifest or index that stands for it. */
  readonly target: Descriptor;
  readonly documents: readonly CopyDocument[];
  readonly summary: ImageSummary;
  /** Canonical `name@sha256:…` under which a registry knows it. */
  readonly repoDigests: readonly string[];
}

/** An image as a source (an archive, a registry, the store) gives it. */
export interface CopyImage {
  /** Canonical names that it is to have. */
  readonly names: readonly string[];
  /** Of all its platforms. */
  readonly layers: readonly CopyLayer[];
  readonly attachments: readonly CopyBlob[];
  describe(copied: (layer: CopyLayer) => LayerSummary): Promise<DescribedImage>;
}

export interface CopiedImage extends DescribedImage {
  readonly names: readonly string[];
  readonly attachments: readonly Digest[];
}

/** Where images go: the store, an archive, a registry. */
export interface CopySink {
  /** Layers are those that are to come, each once. */
  begin(layers: readonly CopyLayer[]): Promise<CopySession>;
}

/** One copy under way. Nothing of it shows before `commit`. */
export interface CopySession {
  layer(layer: CopyLayer, options: CopyLayerOptions): Promise<LayerSummary>;
  blob(blob: CopyBlob, options: TaskOptions): Promise<void>;
  documents(documents: readonly CopyDocument[], options: AbortOptions): Promise<void>;
  /** Makes all of it visible at once. */
  commit(images: readonly CopiedImage[]): Promise<void>;
  /** Leaves the sink as it was. Harmless after a commit. */
  abort(): Promise<void>;
}

export interface CopyLayerOptions extends TaskOptions {
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
}

export interface CopyOptions extends TaskOptions {
  /** What a progress calls it: `verifying` where it is not said. */
  readonly phase?: string | undefined;
  /** Gets what has been indexed of a layer that is still being read. */
  readonly onPartialIndex?: ((layer: CopyLayer, index: ArrayBuffer) => void) | undefined;
  /** Called when a layer has been read and found to be right. */
  readonly onLayer?: ((layer: CopyLayer, summary: LayerSummary) => void) | undefined;
}

/**
 * The one verb behind load, pull, save and push: reads and checks every layer and blob, then makes all images visible at once. When
 * anything fails or the signal aborts, the sink is as it was. Progress is in bytes of all layers; its subject counts them: `3/6`.
 */
export async function copyImages(
  images: readonly CopyImage[],
  sink: CopySink,
  options: CopyOptions = {},
): Promise<readonly CopiedImage[]> {
  const layers = [...new Set(images.flatMap((image) => image.layers))];
  const session = await sink.begin(layers);
  try {
    const summaries = await copyBytes({ images, layers }, session, options);
    const copied: CopiedImage[] = [];
    for (const image of images) {
      options.signal?.throwIfAborted();
      const described = await image.describe((layer) => known(summaries, layer));
      const attachments = image.attachments.map(({ digest }) => digest);
      copied.push({ ...described, names: image.names, attachments });
    }
    const documents = copied.flatMap((image) => image.documents);
    await session.documents(documents, options);
    options.signal?.throwIfAborted();
    await session.commit(copied);
    return copied;
  } catch (error) {
    // What an abort cannot take away, the next sweep does; the first error is the one to tell.
    await session.abort().catch(() => undefined);
    throw error;
  }
}

type Summaries = Map<CopyLayer, LayerSummary>;

function known(summaries: Summaries, layer: CopyLayer): LayerSummary {
  const summary = summaries.get(layer);
  if (!summary) throw new RangeError(`${layer.expected.what} was not copied`);
  return summary;
}

/** Copies layers and attachments side by side, large ones first; the sink bounds how many at once. The first failure stops the rest. */
async function copyBytes(
  {
    images,
    layers,
  }: { readonly images: readonly CopyImage[]; readonly layers: readonly CopyLayer[] },
  session: CopySession,
  options: CopyOptions,
): Promise<Summaries> {
  const largestFirst = layers.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const blobs = new Map(images.flatMap((i) => i.attachments.map((blob) => [blob.digest, blob])));
  const summaries: Summaries = new Map();
  const failed = new AbortController();
  const signal = anySignal(failed.signal, options.signal);
  const meter = new LayerMeter(layers, options);
  const tasks = [
    ...largestFirst.map(async (layer) => {
      const onPartialIndex = options.onPartialIndex
        ? (index: ArrayBuffer) => options.onPartialIndex?.(layer, index)
        : undefined;
      const onProgress = meter.track(layer);
      const summary = await session.layer(layer, { signal, onProgress, onPartialIndex });
      meter.done(layer);
      summaries.set(layer, summary);
      options.onLayer?.(layer, summary);
    }),
    ...[...blobs.values()].map((blob) => session.blob(blob, { signal })),
  ];
  await settle(tasks, failed);
  meter.finish();
  return summaries;
}

/** Waits for all tasks, also after one has failed: what they write must have stopped before the sink cleans up. */
async function settle(tasks: readonly Promise<void>[], failed: AbortController): Promise<void> {
  for (const task of tasks) task.catch((error: unknown) => failed.abort(error));
  await Promise.allSettled(tasks);
  failed.signal.throwIfAborted();
}

function sizeOf({ bytes, expected }: CopyLayer): number {
  return bytes.size ?? expected.size ?? 0;
}

/** Adds up the progress of layers that are read at the same time. */
class LayerMeter {
  readonly #meter: ProgressMeter;
  readonly #doneOf = new Map<CopyLayer, number>();
  readonly #count: number;
  #finished = 0;

  constructor(layers: readonly CopyLayer[], { phase = 'verifying', onProgress }: CopyOptions) {
    this.#count = layers.length;
    const total = layers.reduce((sum, layer) => sum + sizeOf(layer), 0);
    this.#meter = new ProgressMeter(
      { phase, total, unit: 'bytes' },
      onProgress &&
        ((progress) => {
          onProgress({ ...progress, subject: `${this.#finished}/${this.#count}` });
        }),
    );
  }

  track(layer: CopyLayer): NonNullable<TaskOptions['onProgress']> {
    return ({ done, unit }) => {
      if (unit === 'bytes') this.#advance(layer, done);
    };
  }

  done(layer: CopyLayer): void {
    this.#finished++;
    this.#advance(layer, sizeOf(layer));
  }

  finish(): void {
    this.#meter.finish();
  }

  /** A layer never counts for more than its size, so that the sum never passes the total. */
  #advance(layer: CopyLayer, done: number): void {
    const before = this.#doneOf.get(layer) ?? 0;
    const now = Math.min(Math.max(done, before), sizeOf(layer));
    this.#doneOf.set(layer, now);
    this.#meter.add(now - before);
  }
}
