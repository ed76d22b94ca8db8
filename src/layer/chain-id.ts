import { encodeUtf8 } from '../base/bytes';
import { sha256Digest } from '../codec/hash/sha256';
import type { Digest } from '../oci/digest';

/**
 * The name of layers stacked, by their diff IDs, base first: two images share a stack where its chain ID is the same. Undefined for no
 * layers. https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid
 */
export async function chainIdOf(diffIds: readonly Digest[]): Promise<Digest | undefined> {
  const [base, ...rest] = diffIds;
  let chain = base;
  for (const diffId of rest) chain = await sha256Digest(encodeUtf8(`${chain ?? ''} ${diffId}`));
  return chain;
}
