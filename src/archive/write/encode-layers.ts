import { anySignal } from '../../base/any-signal';
import { ProgressMeter } from '../../base/progress-meter';
import type { TaskOptions } from '../../base/task';
import type { LayerSummary } from '../../image/image-summary';
import type { EncodedLayer, EncodeLayer, LayerEncoding } from '../../layer/encode-layer';
import type { Digest } from '../../oci/digest';
import type { BlobReader } from '../../store/content-store';
import { makingRoomFor } from '../../store/errors';

export interface EncodeLayersParts {
  readonly content: BlobReader;
  readonly encodeLayer: EncodeLayer;
}

/**
 * Packs anew those layers that are not packed as asked, each once; by the digest under which they are stored. Side by side: whoever encodes
 * bounds how many at once. The first failure stops the rest, and nothing of them stays. Progress is in stored bytes of all of them.
 */
export async function encodeLayers(
  layers: readonly LayerSummary[],
  encoding: LayerEncoding,
  parts: EncodeLayersParts,
  options: TaskOptions = {},
): Promise<ReadonlyMap<Digest, EncodedLayer>> {
  const others = layers.filter(({ compression }) => compression !== encoding);
  const wanted = [...new Map(others.map((layer) => [layer.digest, layer])).values()];
  const failed = new AbortController();
  const signal = anySignal(failed.signal, options.signal);
  const meter = new EncodeMeter(wanted, encoding, options);
  const encoded = new Map<Digest, EncodedLayer>();
  const encode = async (layer: LayerSummary): Promise<void> => {
    const { digest, diffId } = layer;
    const source = await parts.content.open(digest);
    const what = `layer ${digest}`;
    const onProgress = meter.track(layer);
    const packed = await makingRoomFor(what, () =>
      parts.encodeLayer(source, { encoding, diffId, what }, { signal, onProgress }),
    );
    encoded.set(digest, packed);
    meter.done();
  };
  await Promise.allSettled(
    wanted.map((layer) => encode(layer).catch((error: unknown) => failed.abort(error))),
  );
  if (signal.aborted) {
    await Promise.all([...encoded.values()].map((layer) => layer.release()));
    signal.throwIfAborted();
  }
  meter.finish();
  return encoded;
}

/** Adds up the progress of layers that are packed at the same time; its subject counts them: `3/6`. */
class EncodeMeter {
  readonly #meter: ProgressMeter;
  #finished = 0;

  constructor(
    layers: readonly LayerSummary[],
    encoding: LayerEncoding,
    { onProgress }: TaskOptions,
  ) {
    const total = layers.reduce((sum, { size }) => sum + size, 0);
    const phase = encoding === 'none' ? 'unpack' : 'compress';
    this.#meter = new ProgressMeter(
      { phase, total, unit: 'bytes' },
      layers.length > 0 && onProgress
        ? (progress) => onProgress({ ...progress, subject: `${this.#finished}/${layers.length}` })
        : undefined,
    );
  }

  track({ size }: LayerSummary): NonNullable<TaskOptions['onProgress']> {
    let before = 0;
    return ({ done }) => {
      const now = Math.min(Math.max(done, before), size);
      this.#meter.add(now - before);
      before = now;
    };
  }

  done(): void {
    this.#finished++;
  }

  finish(): void {
    this.#meter.finish();
  }
}
