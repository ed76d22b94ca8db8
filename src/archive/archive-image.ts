import { bytesSource } from '../base/byte-source';
import { LIMITS } from '../base/limits';
import type { CopyImage, CopyLayer } from '../image/copy';
import type { ImageCore } from '../image/image-core';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import type { ImageConfig } from '../oci/image-config';
import type { Platform } from '../oci/platform';
import type { Reference } from '../oci/reference';
import { ArchiveError } from './errors';

/** One layer as it lies in an archive. Nothing of it has been read but its first bytes. */
export interface ArchiveLayer {
  /** As the manifest has it. In an archive without one, a compressed layer goes by its diff ID until it has been read. */
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  /** What to call it in a sentence: `layer 3 (blobs/sha256/5c4e…)`. */
  readonly what: string;
  /** Undefined where the archive lacks it. */
  readonly copy: CopyLayer | undefined;
}

/** One platform of an image, readable straight from the archive, before and without a load. */
export interface ArchivePlatform {
  readonly platform: Platform;
  /** Digest of the configuration. */
  readonly imageId: Digest;
  readonly config: ImageConfig;
  readonly core: ImageCore;
  /** Base layer first. */
  readonly layers: readonly ArchiveLayer[];
}

/** A platform that an index names and whose blobs are not in the archive, which is no error. */
export interface AbsentPlatform {
  readonly manifest: Digest;
  readonly platform: Platform;
}

/** One image of an archive. */
export interface ArchiveImage extends CopyImage {
  /** With a tag each; empty for an untagged image. */
  readonly references: readonly Reference[];
  /**
   * In the order of the index. Empty for an image of docker 1.9 and older, whose configuration is made when its layers have been read.
   */
  readonly platforms: readonly ArchivePlatform[];
  readonly absent: readonly AbsentPlatform[];
  /** The image for one platform alone, the others of which count as absent then; undefined where it is not for that one. */
  forPlatform(asked: Platform): ArchiveImage | undefined;
}

interface CoreParts {
  /** The archive's file name. */
  readonly archive: string;
  readonly manifest: { readonly descriptor: Descriptor; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly config: { readonly digest: Digest; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly layers: readonly ArchiveLayer[];
}

/** An image's core over an archive that stays open. `blob` rejects with `missing-entry` for what the archive lacks. */
export function archiveCore({ archive, manifest, config, layers }: CoreParts): ImageCore {
  return {
    descriptor: manifest.descriptor,
    rawManifest: () => Promise.resolve(manifest.bytes),
    rawConfig: () => Promise.resolve(config.bytes),
    blob: ({ digest }) => {
      if (digest === config.digest) return Promise.resolve(bytesSource(config.bytes));
      const layer = layers.find((candidate) => candidate.descriptor.digest === digest);
      if (layer?.copy) return Promise.resolve(layer.copy.bytes);
      return Promise.reject(
        new ArchiveError('missing-entry', `The blob ${digest} is not in ${archive}.`, {
          detail: { archive, digest },
        }),
      );
    },
  };
}

/** The layers of platforms that can be copied. */
export function layersToCopy(platforms: readonly ArchivePlatform[]): readonly CopyLayer[] {
  return platforms.flatMap(({ layers }) => layers.flatMap(({ copy }) => (copy ? [copy] : [])));
}

/** `found` layers are named by `what`. Throws `bad-manifest` where the configuration has another number of them, and `limit-exceeded`. */
export function checkLayerCount(
  { diffIds: { length: expected } }: ImageConfig,
  { found, what }: { readonly found: number; readonly what: string },
): void {
  if (found !== expected) {
    throw new ArchiveError(
      'bad-manifest',
      `${what} names ${found} layers for a configuration with ${expected} diff IDs.`,
      { detail: { what, expected, found } },
    );
  }
  if (found > LIMITS.imageLayers) {
    throw new ArchiveError(
      'limit-exceeded',
      `${what} names ${found} layers, more than the ${LIMITS.imageLayers} allowed.`,
      { detail: { what, found, limit: LIMITS.imageLayers } },
    );
  }
}
