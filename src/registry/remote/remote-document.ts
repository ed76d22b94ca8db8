import { collect } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { sha256Digest } from '../../codec/hash/sha256';
import type { Descriptor } from '../../oci/descriptor';
import type { Reference } from '../../oci/reference';
import type { Registry } from '../client';
import { blobRefusal, RegistryError } from '../errors';
import { remoteBlobSource } from '../pull/remote-blob';

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
export function fetchConfig(
  registry: Registry,
  repository: string,
  { config, signal }: AbortOptions & { readonly config: Descriptor },
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = { blob: config, what: 'the configuration', maxBytes: LIMITS.configBytes };
  return fetchBlob(registry, repository, { ...blob, signal });
}

export interface WantedBlob {
  readonly blob: Descriptor;
  /** In a sentence: `the configuration`. */
  readonly what: string;
  readonly maxBytes: number;
}

/** A small blob whole, checked against its digest. Rejects with `digest-mismatch`, `blob-unknown`, and `limit-exceeded` past `maxBytes`. */
export async function fetchBlob(
  registry: Registry,
  repository: string,
  { blob, what, maxBytes, signal }: AbortOptions & WantedBlob,
): Promise<Uint8Array<ArrayBuffer>> {
  const { digest, size } = blob;
  const { host } = registry;
  const detail = { host, what, digest };
  if (size > maxBytes) {
    throw new RegistryError(
      'limit-exceeded',
      `${capitalized(what)} is ${size} bytes, more than the ${maxBytes} bytes allowed.`,
      { detail: { ...detail, limit: maxBytes } },
    );
  }
  const source = remoteBlobSource({ registry, repository, descriptor: blob });
  const bytes = await collect(source.open(undefined, { signal }), { signal }).catch(
    (error: unknown) => {
      throw blobRefusal(error, { digest, what });
    },
  );
  const found = await sha256Digest(bytes);
  if (found === digest) return bytes;
  throw new RegistryError(
    'digest-mismatch',
    `${capitalized(what)} that ${host} sent has the digest ${found}, not ${digest}.`,
    { detail: { ...detail, expected: digest, found } },
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
