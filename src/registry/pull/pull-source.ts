import { collect } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { isReadable } from '../../base/unreadable';
import { sha256Digest } from '../../codec/hash/sha256';
import type { CopyDocument } from '../../image/copy';
import type { Descriptor } from '../../oci/descriptor';
import { parseImageConfig, type ImageConfig } from '../../oci/image-config';
import { attestedDigest } from '../../oci/image-index';
import type { Manifest } from '../../oci/manifest';
import { MediaType } from '../../oci/media-types';
import { withListedVariant, type Platform } from '../../oci/platform';
import type { Reference } from '../../oci/reference';
import type { BlobReader } from '../../store/content-store';
import type { Registry } from '../client';
import { RegistryError } from '../errors';
import { noImage, parseDocument, type DocumentPlace } from '../remote/parsed-document';
import { fetchConfig } from '../remote/remote-document';

/** What a reference stands for in its registry. */
export interface ResolvedImage {
  /** The manifest or index. */
  readonly target: CopyDocument & { readonly descriptor: Descriptor };
  /** The images that an index lists, in its order; the manifest itself where there is no index, with no platform told. */
  readonly manifests: readonly Descriptor[];
  readonly isIndex: boolean;
}

/** One platform of a remote image, with its documents. */
export interface ChosenPlatform {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly platform: Platform;
  /** Manifest and configuration. */
  readonly documents: readonly CopyDocument[];
}

export interface PlatformOptions extends AbortOptions {
  /** Told the manifest before the configuration is asked for. */
  readonly onManifest?: (manifest: Manifest) => void;
}

/** Reads documents of one repository: those that are stored here are not asked for. */
export class PullSource {
  readonly #registry: Registry;
  readonly #repository: string;
  readonly #stored: BlobReader | undefined;

  constructor(registry: Registry, repository: string, stored?: BlobReader) {
    this.#registry = registry;
    this.#repository = repository;
    this.#stored = stored;
  }

  /** Rejects with `schema1`, `artifact`, or as the client does. */
  async read(reference: Reference, options: AbortOptions = {}): Promise<ResolvedImage> {
    const descriptor = await this.#registry.resolve(reference, options);
    const bytes = await this.#document(descriptor, options);
    const { digest } = descriptor;
    const parsed = parseDocument({ descriptor, bytes }, this.#place);
    const { mediaType } = parsed.kind === 'index' ? parsed.index : parsed.manifest;
    const own = { ...descriptor, mediaType, size: bytes.length };
    const target = { digest, bytes, descriptor: own };
    if (parsed.kind === 'manifest') return { target, manifests: [own], isIndex: false };
    const isAttestation = (each: Descriptor): boolean => attestedDigest(each) !== undefined;
    const manifests = parsed.index.manifests.filter((each) => !isAttestation(each));
    return { target, manifests, isIndex: true };
  }

  /** Rejects with `artifact`, `bad-manifest`, `digest-mismatch`, or as the client does. */
  async platform(
    descriptor: Descriptor,
    { onManifest, ...options }: PlatformOptions = {},
  ): Promise<ChosenPlatform> {
    const { digest } = descriptor;
    const bytes = await this.#document(descriptor, options);
    const parsed = parseDocument({ descriptor, bytes }, this.#place);
    if (parsed.kind === 'index') {
      throw noImage(descriptor.artifactType ?? descriptor.mediaType, digest, this.#place);
    }
    const { manifest, artifactType } = parsed;
    if (artifactType !== undefined) throw noImage(artifactType, digest, this.#place);
    onManifest?.(manifest);
    const configBytes = await this.#config(manifest, options);
    const what = `The manifest ${digest} of ${this.#registry.host}`;
    const config = parseImageConfig(configBytes, `The configuration of ${what}`);
    this.#checkLayers(manifest, config, what);
    return {
      descriptor: { ...descriptor, mediaType: manifest.mediaType || MediaType.ociManifest },
      manifest,
      config,
      platform: withListedVariant(config.platform, descriptor.platform),
      documents: [
        { digest, bytes },
        { digest: manifest.config.digest, bytes: configBytes },
      ],
    };
  }

  async #document(
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    options: AbortOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const stored = await this.#fromStore(descriptor, LIMITS.manifestBytes);
    return stored ?? this.#registry.manifest(this.#repository, descriptor, options);
  }

  async #config({ config }: Manifest, options: AbortOptions): Promise<Uint8Array<ArrayBuffer>> {
    const stored = await this.#fromStore(config, LIMITS.configBytes);
    return stored ?? fetchConfig(this.#registry, this.#repository, { config, ...options });
  }

  /** What is stored under a digest, can still be read, and has it. */
  async #fromStore(
    { digest }: Pick<Descriptor, 'digest'>,
    maxBytes: number,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const info = await this.#stored?.stat(digest);
    if (!this.#stored || !info || info.size > maxBytes) return undefined;
    const source = await this.#stored.open(digest);
    if (source.blob && !(await isReadable(source.blob))) return undefined;
    const bytes = await collect(source.open());
    return (await sha256Digest(bytes)) === digest ? bytes : undefined;
  }

  get #place(): DocumentPlace {
    return { host: this.#registry.host, repository: this.#repository };
  }

  #checkLayers({ layers }: Manifest, { diffIds }: ImageConfig, what: string): void {
    const [found, expected] = [layers.length, diffIds.length];
    if (found > LIMITS.imageLayers) {
      throw new RegistryError(
        'limit-exceeded',
        `${what} names ${found} layers, more than the ${LIMITS.imageLayers} allowed.`,
        { detail: { found, limit: LIMITS.imageLayers } },
      );
    }
    if (found === expected) return;
    throw new RegistryError(
      'bad-manifest',
      `${what} names ${found} layers for a configuration with ${expected} diff IDs.`,
      { detail: { found, expected } },
    );
  }
}
