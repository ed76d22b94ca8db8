import type { ByteSource } from '../base/byte-source';
import type { Descriptor } from '../oci/descriptor';

/**
 * One image of one platform, as a backend supplies it (an archive, the store, a registry); the rest is derived from it by the functions
 * of this folder. Raw bytes always, as digests are of bytes.
 */
export interface ImageCore {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  rawManifest(): Promise<Uint8Array>;
  rawConfig(): Promise<Uint8Array>;
  blob(descriptor: Descriptor): Promise<ByteSource>;
}
