import { LIMITS } from '../../base/limits';
import type { LayerIndex } from '../../layer/index/layer-index';
import { tocClaim, type TocFormat } from '../../layer/toc/toc-layer';
import type { KeptToc } from '../../registry/remote/remote-layer';
import type { ExploredLayer } from '../image/image-source';

/** What was read of a layer of a registry. */
export interface KeptLayer {
  readonly index: LayerIndex;
  /** `stored`: it was read in the store, nothing of it was fetched. */
  readonly way: TocFormat | 'whole' | 'stored';
  /** Bytes of it that came. */
  readonly fetched: number;
  /** All of it, where it was not read by its table of contents. */
  readonly bytes?: Blob | undefined;
  /** The table, where it was read by it; it is let go of where there are many. */
  readonly toc?: KeptToc | undefined;
}

/** Bytes of tables of contents that are kept at most. */
const KEPT_TOC_BYTES = 2 * LIMITS.tocBytes;

/** What was read of the layers of one image, whichever of its platforms is shown: kept as long as somebody looks at it. */
export class KeptLayers {
  /** What was put in last comes last. */
  readonly #layers = new Map<string, KeptLayer>();

  get(layer: ExploredLayer): KeptLayer | undefined {
    return this.#layers.get(keyOf(layer));
  }

  put(layer: ExploredLayer, kept: KeptLayer): void {
    const key = keyOf(layer);
    this.#layers.delete(key);
    this.#layers.set(key, kept);
    this.#dropTables(key);
  }

  /** The oldest tables go first, that of `last` never. */
  #dropTables(last: string): void {
    const tables = [...this.#layers].filter(([, { toc }]) => toc !== undefined);
    let bytes = tables.reduce((sum, [, { toc }]) => sum + (toc?.json.size ?? 0), 0);
    for (const [key, layer] of tables) {
      if (bytes <= KEPT_TOC_BYTES || key === last) return;
      bytes -= layer.toc?.json.size ?? 0;
      this.#layers.set(key, { ...layer, toc: undefined });
    }
  }
}

/** A layer is what its digests say: its own, that of its tar, and those of the table by which it may be read. */
function keyOf({ descriptor, diffId }: ExploredLayer): string {
  const { format, jsonDigest, packedDigest } = tocClaim(descriptor) ?? {};
  return [descriptor.digest, diffId, format, jsonDigest, packedDigest].join(' ');
}
