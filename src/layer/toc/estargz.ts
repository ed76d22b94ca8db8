import { bytesSource, concatBytes, forEachChunk } from '../../base/byte-source';
import { decodeUtf8 } from '../../base/bytes';
import { LIMITS } from '../../base/limits';
import { decompress } from '../../codec/compression/decompress';
import { TarReader } from '../../codec/tar/tar-reader';
import { TOC_NAME } from './estargz-files';
import { badToc } from './toc-document';
import { readExactly, type UnpackedToc, type SizedSource, type TocOptions } from './packed-toc';

/** Of the layer's descriptor: the digest of the table's JSON. */
export const ESTARGZ_TOC_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';

const FOOTER_BYTES = 51;
/** Before eStargz, stargz had the offset in an extra field without a header of its own. */
const LEGACY_FOOTER_BYTES = 47;
/** The footer, and often the whole table with it. */
const TAIL_BYTES = 32 * 1024;

/**
 * The table of contents at the end of an eStargz layer: its JSON, and where the contents of files end. Rejects with `bad-toc` where the layer
 * has none. https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md#footer
 */
export async function readEstargzToc(
  source: SizedSource,
  { what, signal }: TocOptions,
): Promise<UnpackedToc> {
  const { size } = source;
  const tailStart = Math.max(0, size - TAIL_BYTES);
  const tail = await readExactly(source, { start: tailStart, end: size }, { what, signal });
  const footer = parseEstargzFooter(tail);
  if (!footer) throw badToc(what, 'the layer does not end with the footer of eStargz');
  const { tocOffset } = footer;
  const tocEnd = size - footer.size;
  if (tocOffset >= tocEnd)
    throw badToc(what, `it is said to be at byte ${tocOffset}, past its end`);
  if (tocEnd - tocOffset > LIMITS.tocBytes) {
    throw badToc(what, `it is larger than the ${LIMITS.tocBytes} bytes allowed`);
  }
  const packed =
    tocOffset >= tailStart
      ? tail.subarray(tocOffset - tailStart, tocEnd - tailStart)
      : concatBytes([
          await readExactly(source, { start: tocOffset, end: tailStart }, { what, signal }),
          tail.subarray(0, tocEnd - tailStart),
        ]);
  return { json: await unpack(packed, { what, signal }), contentEnd: tocOffset };
}

/** Where the footer at the end of `tail` says that the table is; undefined where there is no such footer. */
export function parseEstargzFooter(
  tail: Uint8Array,
): { readonly tocOffset: number; readonly size: number } | undefined {
  for (const [size, extra] of [
    [FOOTER_BYTES, 'SG\x16\0'],
    [LEGACY_FOOTER_BYTES, ''],
  ] as const) {
    const footer = tail.subarray(-size);
    if (footer.length < size || footer[0] !== 0x1f || footer[1] !== 0x8b) continue;
    const text = decodeUtf8(footer.subarray(12, 12 + extra.length + 22)) ?? '';
    const match = /^([0-9a-f]{16})STARGZ$/.exec(text.slice(extra.length));
    const tocOffset = Number.parseInt(match?.[1] ?? '', 16);
    if (text.startsWith(extra) && Number.isSafeInteger(tocOffset)) return { tocOffset, size };
  }
  return undefined;
}

/** The table is the one file of a tar of its own, in a gzip member of its own. */
async function unpack(
  packed: Uint8Array<ArrayBuffer>,
  { what, signal }: TocOptions,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let found = false as boolean;
  const reader = new TarReader(
    {
      entry: ({ path, size }) => {
        if (found || decodeUtf8(path) !== TOC_NAME) {
          throw badToc(what, `it is not the file ${TOC_NAME} alone`);
        }
        found = true;
        if (size > LIMITS.tocBytes) {
          throw badToc(what, `it is larger than the ${LIMITS.tocBytes} bytes allowed`);
        }
      },
      content: (chunk) => void parts.push(chunk.slice()),
    },
    { what },
  );
  const unpacked = decompress(bytesSource(packed), 'gzip', { what, signal });
  await forEachChunk(unpacked, (chunk) => reader.push(chunk), { signal });
  reader.finish();
  if (!found) throw badToc(what, `there is no ${TOC_NAME}`);
  return concatBytes(parts);
}
