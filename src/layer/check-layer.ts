import { readRange, type ByteSource } from '../base/byte-source';
import { forEachView } from '../base/for-each-view';
import { CodecError } from '../codec/errors';
import { createSha256 } from '../codec/hash/sha256';
import { isCompression, sniff } from '../codec/compression/sniff';
import { digestOfHex, type Digest } from '../oci/digest';
import { LayerError, type LayerErrorCode } from './errors';
import type { ExpectedLayer } from './ingest-layer';
import { HEAD_BYTES } from './layer-reader';

/** What a layer turned out to be. */
interface FoundLayer {
  /** Bytes, as stored. */
  readonly size: number;
  readonly digest: Digest;
  readonly diffId: Digest;
}

/** Throws `size-mismatch`, `digest-mismatch` or `diff-id-mismatch`. */
export function checkLayer({ size, digest, diffId }: FoundLayer, expected: ExpectedLayer): void {
  checkLayerSize(size, expected);
  if (expected.digest !== undefined && digest !== expected.digest) {
    throw mismatch('digest-mismatch', expected, { found: digest, expected: expected.digest });
  }
  if (expected.diffId !== undefined && diffId !== expected.diffId) {
    throw mismatch('diff-id-mismatch', expected, { found: diffId, expected: expected.diffId });
  }
}

/** Throws `size-mismatch`. A size that is not known is not checked. */
export function checkLayerSize(found: number | null, expected: ExpectedLayer): void {
  if (found === null || expected.size === undefined || found === expected.size) return;
  throw mismatch('size-mismatch', expected, { found, expected: expected.size });
}

/**
 * Throws what is to be said of a layer that could not be read: that its bytes are not those that were meant, where that is so, else the error
 * itself with the place of the layer in its archive. What was not about the bytes (a cancel, a full disk) is thrown as it is.
 */
export async function explainFailure(
  error: unknown,
  source: ByteSource,
  expected: ExpectedLayer,
): Promise<never> {
  if (!(error instanceof CodecError || error instanceof LayerError)) throw error;
  if (source.blob) await checkStored(source, expected, error);
  const { archiveOffset } = expected;
  if (archiveOffset === undefined) throw error;
  const options = { detail: { ...error.detail, archiveOffset }, cause: error.cause };
  throw error instanceof CodecError
    ? new CodecError(error.code, error.message, options)
    : new LayerError(error.code, error.message, options);
}

/** Sums up the bytes as they are stored. The digest of an uncompressed layer is its diff ID. */
async function checkStored(
  source: ByteSource,
  expected: ExpectedLayer,
  cause: unknown,
): Promise<void> {
  const isPacked = isCompression(sniff(await readRange(source, { start: 0, end: HEAD_BYTES })));
  const meant = expected.digest ?? (isPacked ? undefined : expected.diffId);
  if (meant === undefined) return;
  const sum = await createSha256();
  await forEachView(source.open(), (chunk) => sum.update(chunk));
  const found = digestOfHex(sum.hex());
  const code = expected.digest === undefined ? 'diff-id-mismatch' : 'digest-mismatch';
  if (found !== meant) throw mismatch(code, expected, { found, expected: meant }, cause);
}

const NOUNS = {
  'size-mismatch': 'length in bytes',
  'digest-mismatch': 'digest',
  'diff-id-mismatch': 'diff ID',
} as const satisfies Partial<Record<LayerErrorCode, string>>;

function mismatch(
  code: keyof typeof NOUNS,
  { what, archiveOffset }: ExpectedLayer,
  sides: { readonly found: string | number; readonly expected: string | number },
  cause?: unknown,
): LayerError {
  const place = archiveOffset === undefined ? {} : { archiveOffset };
  const where = archiveOffset === undefined ? '' : ` (offset ${archiveOffset})`;
  return new LayerError(
    code,
    `${what}${where} is damaged or not what it is said to be: its ${NOUNS[code]} is ${sides.found}, not ${sides.expected}.`,
    { detail: { what, ...sides, ...place }, cause },
  );
}
