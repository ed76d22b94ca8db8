import { encodeUtf8 } from '../../base/bytes';
import { createXxh3 } from '../../codec/hash/xxh3';
import { LayerIndexBuilder } from '../index/layer-index-builder';
import type { TocEntry } from './toc-document';

/**
 * The index of a layer of which only the table of contents was read. Contents are told apart by their digests. There is no tar to give
 * places in: `locate` gives the number of the entry in the table as its offset.
 */
export async function indexToc(entries: readonly TocEntry[]): Promise<ArrayBuffer> {
  const builder = new LayerIndexBuilder(await createXxh3());
  entries.forEach(({ header, digest, chunks }, i) => {
    builder.entry({ ...header, contentOffset: i });
    for (const text of digest ? [digest] : chunks.map((chunk) => chunk.digest ?? '')) {
      builder.content(encodeUtf8(text));
    }
  });
  const { unpackedSize } = builder;
  return builder.finish({ diffId: undefined, tarSize: 0, unpackedSize });
}
