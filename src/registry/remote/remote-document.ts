import { collect } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { sha256Digest } from '../../codec/hash/sha256';
import type { Descriptor } from '../../oci/descriptor';
import type { Reference } from '../../oci/reference';
import type { Registry } from '../client';
import { blobRefusal, RegistryError } from '../errors';

/** A manifest or index as a registry has it, checked against its digest. */
export interface RemoteDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The manifest or index that a reference means now. */
export async function fetchDocument(
  registry: Registry,
  reference: Reference,
  options: AbortOptions = {},
): Promise<RemoteDocument> {
  const descriptor = await registry.resolve(reference, options);
  const bytes = await registry.manifest(reference.repository, descriptor, options);
  return { descriptor: { ...descriptor, size: bytes.length }, bytes };
}

/** An image configuration, checked against its digest. Rejects with `digest-mismatch`, and `limit-exceeded` past `LIMITS.configBytes`. */
export async function fetchConfig(
  registry: Registry,
  repository: string,
  { config, signal }: AbortOptions & { readonly config: Descriptor },
): Promise<Uint8Array<ArrayBuffer>> {
  const { digest, size } = config;
  const detail = { host: registry.host, what: 'the configuration', digest };
  if (size > LIMITS.configBytes) {
    throw new RegistryError(
      'limit-exceeded',
      `The configuration is ${size} bytes, more than the ${LIMITS.configBytes} bytes allowed.`,
      { detail: { ...detail, limit: LIMITS.configBytes } },
    );
  }
  const blob = await registry.blob(repository, config, { signal }).catch((error: unknown) => {
    throw blobRefusal(error, { digest, what: 'the configuration' });
  });
  const bytes = await collect(blob, { signal });
  const found = await sha256Digest(bytes);
  if (found === digest) return bytes;
  throw new RegistryError(
    'digest-mismatch',
    `The configuration that ${registry.host} sent has the digest ${found}, not ${digest}.`,
    { detail: { ...detail, expected: digest, found } },
  );
}
