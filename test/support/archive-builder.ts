import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeUtf8 } from '../../src/base/bytes';
import { digestHex, parseDigest, type Digest } from '../../src/oci/digest';
import { MediaType } from '../../src/oci/media-types';
import { tarOf, type TarItem } from './tar-builder';

export type Json = null | boolean | number | string | readonly Json[] | JsonMembers;
export interface JsonMembers {
  readonly [key: string]: Json | undefined;
}

/** An image to be put into an archive. */
export interface BuiltImage {
  /** Uncompressed tars, base first. */
  readonly layers: readonly Uint8Array<ArrayBuffer>[];
  readonly diffIds: readonly Digest[];
  readonly config: Uint8Array<ArrayBuffer>;
  readonly imageId: Digest;
  readonly tags: readonly string[];
}

export interface ImageOptions {
  /** Entries of each layer, base first. */
  readonly layers?: readonly (readonly (TarItem | string)[])[];
  readonly tags?: readonly string[];
  readonly architecture?: string;
  readonly variant?: string;
  /** Further members of the configuration. */
  readonly config?: JsonMembers;
}

const TWO_LAYERS = [
  [
    { path: 'etc/', mode: 0o755 },
    { path: 'etc/os-release', content: 'ID=test\n' },
  ],
  [{ path: 'app/run', content: '#!/bin/sh\n', mode: 0o755 }],
] as const;

/** A small image of two layers, or of those given. */
export function buildImage(options: ImageOptions = {}): BuiltImage {
  const layers = (options.layers ?? TWO_LAYERS).map((entries) => tarOf(entries));
  const diffIds = layers.map(digestOf);
  const config = jsonBytes({
    architecture: options.architecture ?? 'amd64',
    ...(options.variant === undefined ? {} : { variant: options.variant }),
    os: 'linux',
    created: '2026-01-02T03:04:05Z',
    config: { Cmd: ['/app/run'], Labels: { purpose: 'test' } },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map((_, i) => ({ created: '2026-01-02T03:04:05Z', created_by: `step ${i}` })),
    ...options.config,
  });
  return { layers, diffIds, config, imageId: digestOf(config), tags: options.tags ?? [] };
}

export function digestOf(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
}

export function jsonBytes(value: Json): Uint8Array<ArrayBuffer> {
  return encodeUtf8(JSON.stringify(value));
}

export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes));
}

/** An ID of docker's old format, made from a name. */
export function v1Id(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** `docker save` of engines 1.10 to 24. A layer that comes again is a symlink to where it came first. */
export function docker110(images: readonly BuiltImage[]): TarItem[] {
  const items: TarItem[] = [];
  const firstOf = new Map<Digest, string>();
  const manifest = images.map((image, n) => {
    const paths = image.layers.map((content, i) => {
      const diffId = image.diffIds[i]!;
      const id = v1Id(`${n} ${i} ${diffId}`);
      const first = firstOf.get(diffId);
      firstOf.set(diffId, first ?? id);
      items.push({ path: `${id}/` }, { path: `${id}/VERSION`, content: '1.0' });
      items.push({ path: `${id}/json`, content: jsonBytes({ id, os: 'linux' }) });
      const path = `${id}/layer.tar`;
      items.push(first ? { path, linkname: `../${first}/layer.tar` } : { path, content });
      return path;
    });
    items.push({ path: `${digestHex(image.imageId)}.json`, content: image.config });
    return { Config: `${digestHex(image.imageId)}.json`, RepoTags: tagsOf(image), Layers: paths };
  });
  items.push({ path: 'manifest.json', content: jsonBytes(manifest) });
  return [...items, { path: 'repositories', content: '{}' }];
}

/** One image of engine 1.9 and older: `<id>/json`, `<id>/layer.tar`, a chain of parents, and `repositories`. */
export interface V1Layer {
  readonly id: string;
  readonly parent?: string;
  /** Further members of `json`, or that document as it stands. */
  readonly json?: JsonMembers | string;
  readonly content: Uint8Array;
}

export function docker19(
  layers: readonly V1Layer[],
  repositories: Readonly<Record<string, Readonly<Record<string, string>>>>,
): TarItem[] {
  return [
    ...layers.flatMap(({ id, parent, json, content }) => [
      { path: `${id}/` },
      { path: `${id}/VERSION`, content: '1.0' },
      {
        path: `${id}/json`,
        content:
          typeof json === 'string'
            ? json
            : jsonBytes({ id, ...(parent ? { parent } : {}), ...json }),
      },
      { path: `${id}/layer.tar`, content },
    ]),
    { path: 'repositories', content: jsonBytes(repositories) },
  ];
}

/** skopeo's docker-archive: layers at the root, and under the old paths links to them. */
export function skopeoDockerArchive(images: readonly BuiltImage[]): TarItem[] {
  const items = new Map<string, TarItem>();
  const put = (item: TarItem): void => void items.set(String(item.path), item);
  const manifest = images.map((image) => {
    const paths = image.layers.map((content, i) => {
      const path = `${digestHex(image.diffIds[i]!)}.tar`;
      const id = v1Id(`skopeo ${path}`);
      put({ path, content });
      put({ path: `${id}/VERSION`, content: '1.0' });
      put({ path: `${id}/layer.tar`, linkname: `../${path}` });
      return `${id}/layer.tar`;
    });
    put({ path: `${digestHex(image.imageId)}.json`, content: image.config });
    return { Config: `${digestHex(image.imageId)}.json`, RepoTags: tagsOf(image), Layers: paths };
  });
  put({ path: 'manifest.json', content: jsonBytes(manifest) });
  return [...items.values()];
}

/** kaniko, crane, ko: the configuration under its digest, gzip layers at the root. */
export function kaniko(images: readonly BuiltImage[]): TarItem[] {
  const items: TarItem[] = [];
  const manifest = images.map((image) => {
    const layers = image.layers.map((layer) => {
      const content = gzip(layer);
      const path = `${digestHex(digestOf(content))}.tar.gz`;
      items.push({ path, content });
      return path;
    });
    items.push({ path: image.imageId, content: image.config });
    return { Config: image.imageId, RepoTags: tagsOf(image), Layers: layers };
  });
  return [...items, { path: 'manifest.json', content: jsonBytes(manifest) }];
}

/** Nix's dockerTools: everything under `./`, folders included. */
export function nix(images: readonly BuiltImage[]): TarItem[] {
  return [
    { path: './' },
    ...docker110(images).map((item) => ({ ...item, path: `./${String(item.path)}` })),
  ];
}

export interface BlobOptions {
  readonly mediaType?: string;
  readonly platform?: JsonMembers;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

export interface BlobDescriptor extends JsonMembers {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** An OCI layout that is being put together. */
export class LayoutBuilder {
  readonly #blobs = new Map<Digest, Uint8Array>();

  blob(bytes: Uint8Array, { mediaType = '', ...rest }: BlobOptions = {}): BlobDescriptor {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length, ...rest };
  }

  /** A manifest and all it names. Layers are gzip unless told otherwise. */
  image(
    image: BuiltImage,
    options: BlobOptions & { readonly plain?: boolean } = {},
  ): BlobDescriptor {
    const { plain = false, ...descriptor } = options;
    const layers = image.layers.map((layer) =>
      plain
        ? this.blob(layer, { mediaType: MediaType.ociLayer })
        : this.blob(gzip(layer), { mediaType: MediaType.ociLayerGzip }),
    );
    const config = this.blob(image.config, { mediaType: MediaType.ociConfig });
    return this.manifest({ config, layers }, descriptor);
  }

  manifest(members: JsonMembers, options: BlobOptions = {}): BlobDescriptor {
    const document = { schemaVersion: 2, mediaType: MediaType.ociManifest, ...members };
    return this.blob(jsonBytes(document), { mediaType: MediaType.ociManifest, ...options });
  }

  index(manifests: readonly BlobDescriptor[], options: BlobOptions = {}): BlobDescriptor {
    const document = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests };
    return this.blob(jsonBytes(document), { mediaType: MediaType.ociIndex, ...options });
  }

  /** BuildKit's attestation of a manifest. */
  attestation(of: BlobDescriptor): BlobDescriptor {
    const statement = this.blob(jsonBytes({ predicateType: 'https://slsa.dev/provenance/v1' }), {
      mediaType: 'application/vnd.in-toto+json',
    });
    const config = this.blob(jsonBytes({ architecture: 'unknown', os: 'unknown', of: of.digest }), {
      mediaType: MediaType.ociConfig,
    });
    return this.manifest(
      { config, layers: [statement] },
      {
        platform: { architecture: 'unknown', os: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': of.digest,
        },
      },
    );
  }

  bytesOf(digest: Digest): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#blobs.get(digest) ?? []);
  }

  drop(digest: Digest): void {
    this.#blobs.delete(digest);
  }

  /** The layout's files: blobs, then what is given, index.json last. */
  items(manifests: readonly BlobDescriptor[] | null, more: readonly TarItem[] = []): TarItem[] {
    const blobs = [...this.#blobs].map(([digest, content]) => ({
      path: `blobs/sha256/${digestHex(digest)}`,
      content,
    }));
    return [
      { path: 'blobs/' },
      { path: 'blobs/sha256/' },
      ...blobs,
      { path: 'oci-layout', content: jsonBytes({ imageLayoutVersion: '1.0.0' }) },
      ...more,
      { path: 'index.json', content: jsonBytes({ schemaVersion: 2, manifests }) },
    ];
  }
}

/** An OCI layout with one gzip manifest an image; each tag repeats the descriptor, under containerd's annotation. */
export function ociLayout(images: readonly BuiltImage[]): TarItem[] {
  const layout = new LayoutBuilder();
  return layout.items(images.flatMap((image) => namedDescriptors(image, layout.image(image))));
}

/** `docker save` of engines 25 to 28 with the classic store: uncompressed blobs, an OCI manifest each, and manifest.json. */
export function docker25(
  images: readonly BuiltImage[],
  { withoutLayers = false }: { readonly withoutLayers?: boolean } = {},
): TarItem[] {
  const layout = new LayoutBuilder();
  const descriptors = images.flatMap((image) => {
    const layers = image.layers.map((l) => layout.blob(l, { mediaType: MediaType.ociLayer }));
    const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
    const manifest = layout.manifest({ config, layers: withoutLayers ? [] : layers });
    for (const diffId of image.diffIds) layout.blob(jsonBytes({ id: diffId, os: 'linux' }));
    return namedDescriptors(image, manifest);
  });
  return layout.items(descriptors, [
    { path: 'manifest.json', content: jsonBytes(images.map(blobItem)) },
    { path: 'repositories', content: '{}' },
  ]);
}

/**
 * `docker save` of engine 29, containerd's store: gzip blobs as pulled, an index in index.json with attestations and the platforms that
 * were not pulled.
 */
export function docker29(image: BuiltImage, absent: readonly BuiltImage[] = []): TarItem[] {
  const layout = new LayoutBuilder();
  const manifest = layout.image(image, { platform: { os: 'linux', architecture: 'amd64' } });
  const attestation = layout.attestation(manifest);
  const elsewhere = new LayoutBuilder();
  const others = absent.map((other) =>
    elsewhere.image(other, { platform: { os: 'linux', architecture: 'arm64' } }),
  );
  const index = layout.index([manifest, attestation, ...others]);
  const item = {
    Config: `blobs/sha256/${digestHex(image.imageId)}`,
    RepoTags: tagsOf(image),
    Layers: image.layers.map((layer) => `blobs/sha256/${digestHex(digestOf(gzip(layer)))}`),
  };
  return layout.items(namedDescriptors(image, index), [
    { path: 'manifest.json', content: jsonBytes([item]) },
  ]);
}

function blobItem(image: BuiltImage): JsonMembers {
  return {
    Config: `blobs/sha256/${digestHex(image.imageId)}`,
    RepoTags: tagsOf(image),
    Layers: image.diffIds.map((diffId) => `blobs/sha256/${digestHex(diffId)}`),
  };
}

function namedDescriptors(image: BuiltImage, descriptor: BlobDescriptor): BlobDescriptor[] {
  if (image.tags.length === 0) return [descriptor];
  return image.tags.map((tag) => ({
    ...descriptor,
    annotations: {
      'io.containerd.image.name': `docker.io/library/${tag}`,
      'org.opencontainers.image.ref.name': tag.slice(tag.lastIndexOf(':') + 1),
    },
  }));
}

/** docker writes null where there is no tag. */
function tagsOf({ tags }: BuiltImage): Json {
  return tags.length > 0 ? tags : null;
}
