import { join } from 'node:path';
import { inTemporaryFolder } from './image-makers';
import { gzip, type EncodedLayer } from './layer-encodings';
import { shell } from '../program';
import type { SavedImage } from './saved-image';
import { hex, sha256, StagedArchive, type StagedDescriptor } from './staged-archive';

/**
 * The archives of programs that do not run here, composed from a saved image: the shapes are theirs, as read in their sources and in
 * archives they wrote.
 */

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
const REF_NAME = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';

const LINUX_AMD64 = { architecture: 'amd64', os: 'linux' };

/** An image whose layers are encoded, with the configuration that names their diff IDs. */
export interface EncodedImage {
  readonly config: Buffer;
  readonly layers: readonly EncodedLayer[];
}

interface ConfigJson {
  readonly rootfs: { readonly type: string; diff_ids: string[] };
}

/** Encodes every layer, and puts the diff IDs that result into the configuration where they are others. */
export async function encodeImage(
  image: SavedImage,
  encode: (tar: Buffer) => Promise<EncodedLayer>,
): Promise<EncodedImage> {
  const layers = await Promise.all(image.layers.map((layer) => encode(layer)));
  const config = JSON.parse(image.config.toString()) as ConfigJson;
  const diffIds = layers.map((layer) => layer.diffId);
  if (diffIds.join() === config.rootfs.diff_ids.join()) return { config: image.config, layers };
  config.rootfs.diff_ids = diffIds;
  return { config: Buffer.from(JSON.stringify(config)), layers };
}

/** Composes an archive in a temporary folder. */
export function stage(compose: (archive: StagedArchive) => Promise<void>): Promise<void> {
  return inTemporaryFolder((folder) => compose(new StagedArchive(folder)));
}

/** Adds configuration, layers and manifest as blobs. */
async function addOciImage(archive: StagedArchive, image: EncodedImage): Promise<StagedDescriptor> {
  const config = await archive.addBlob(OCI_CONFIG, image.config);
  const layers: StagedDescriptor[] = [];
  for (const layer of image.layers)
    layers.push(await archive.addBlob(layer.mediaType, layer.bytes));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
  return archive.addBlob(OCI_MANIFEST, JSON.stringify(manifest));
}

async function addOciIndex(archive: StagedArchive, manifests: readonly object[]): Promise<void> {
  await archive.addJson('index.json', { schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  await archive.addJson('oci-layout', { imageLayoutVersion: '1.0.0' });
}

/** An OCI layout in a tar, each descriptor of its index annotated as given; none: the image has no name. */
export async function writeOciLayout(
  file: string,
  image: EncodedImage,
  annotations: readonly Readonly<Record<string, string>>[] = [],
): Promise<void> {
  await stage(async (archive) => {
    const manifest = await addOciImage(archive, image);
    const named = annotations.map((each) => ({ ...manifest, annotations: each }));
    await addOciIndex(archive, named.length > 0 ? named : [manifest]);
    await archive.writeTar(file);
  });
}

/** The path that docker's manifest.json gives a blob. */
const blobPath = (digest: string): string => `blobs/sha256/${hex(digest)}`;

/** Engines 25 to 28, classic store: an OCI layout of uncompressed layers and a manifest.json beside it. 25.0.0 wrote no layers into the OCI manifest. */
export async function writeDocker25(
  file: string,
  image: EncodedImage,
  tags: readonly string[],
  hasLayers = true,
): Promise<void> {
  await stage(async (archive) => {
    const config = await archive.addBlob(OCI_CONFIG, image.config);
    const layers: StagedDescriptor[] = [];
    for (const layer of image.layers) {
      layers.push(await archive.addBlob(OCI_LAYER, layer.bytes));
      const legacy = { id: hex(layer.diffId), created: '1970-01-01T00:00:00Z', os: 'linux' };
      await archive.addBlob('application/json', JSON.stringify(legacy));
    }
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config,
      layers: hasLayers ? layers : [],
    };
    const described = await archive.addBlob(OCI_MANIFEST, JSON.stringify(manifest));
    await addOciIndex(
      archive,
      tags.map((tag) => ({
        ...described,
        annotations: { [CONTAINERD_NAME]: tag, [REF_NAME]: tag.slice(tag.lastIndexOf(':') + 1) },
      })),
    );
    await archive.addJson('manifest.json', [
      {
        Config: blobPath(config.digest),
        RepoTags: tags,
        Layers: layers.map((layer) => blobPath(layer.digest)),
        LayerSources: Object.fromEntries(layers.map((layer) => [layer.digest, layer])),
      },
    ]);
    await archive.writeTar(file, (members) => [...members].sort());
  });
}

/** An attestation as BuildKit attaches it: a manifest for the platform unknown/unknown, its layer a statement and no tar. */
async function addAttestation(archive: StagedArchive, subject: StagedDescriptor): Promise<object> {
  const statement = await archive.addBlob('application/vnd.in-toto+json', '{"_type":"statement"}');
  const config = await archive.addBlob(
    OCI_CONFIG,
    JSON.stringify({
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: [statement.digest] },
    }),
  );
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [statement] };
  const described = await archive.addBlob(OCI_MANIFEST, JSON.stringify(manifest));
  return {
    ...described,
    annotations: {
      'vnd.docker.reference.digest': subject.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
}

/** A platform whose blobs are elsewhere. */
const ABSENT_PLATFORM = {
  mediaType: OCI_MANIFEST,
  digest: sha256('a manifest for arm64 that is not in the archive'),
  size: 1234,
  platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
};

/** Engine 29 with the containerd store: blobs as pulled, an index in the index, attestations, platforms that are not there. */
export async function writeDocker29(file: string, image: EncodedImage, tag: string): Promise<void> {
  await stage(async (archive) => {
    const manifest = await addOciImage(archive, image);
    const attestation = await addAttestation(archive, manifest);
    const manifests = [ABSENT_PLATFORM, { ...manifest, platform: LINUX_AMD64 }, attestation];
    const nested = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
    const index = await archive.addBlob(OCI_INDEX, JSON.stringify(nested));
    const annotations = { [CONTAINERD_NAME]: tag, [REF_NAME]: tag.slice(tag.lastIndexOf(':') + 1) };
    await addOciIndex(archive, [{ ...index, annotations }]);
    await archive.addJson('manifest.json', [
      {
        Config: blobPath(sha256(image.config)),
        RepoTags: [tag],
        Layers: image.layers.map((layer) => blobPath(sha256(layer.bytes))),
      },
    ]);
    await archive.writeTar(file, (members) => [...members].sort());
  });
}

/** One image twice for a platform, its layers gzip and zstd, as buildah writes them for several compressions. */
export async function writeCompressionTwins(
  file: string,
  images: readonly [EncodedImage, EncodedImage],
  name: string,
): Promise<void> {
  await stage(async (archive) => {
    const annotations = { 'io.github.containers.compression.zstd': 'true' };
    const gzipped = { ...(await addOciImage(archive, images[0])), platform: LINUX_AMD64 };
    const zstd = { ...(await addOciImage(archive, images[1])), platform: LINUX_AMD64, annotations };
    const nested = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [zstd, gzipped] };
    const index = await archive.addBlob(OCI_INDEX, JSON.stringify(nested));
    await addOciIndex(archive, [{ ...index, annotations: { [REF_NAME]: name } }]);
    await archive.writeTar(file);
  });
}

/** How a docker-archive names what is in it. */
export interface DockerArchiveNames {
  config(hex: string): string;
  layer(hex: string): string;
}

/** crane, ko and kaniko. */
export const CRANE: DockerArchiveNames = {
  config: (id) => `sha256:${id}`,
  layer: (id) => `${id}.tar.gz`,
};
/** Bazel's rules_docker and Nix's dockerTools. */
export const BAZEL: DockerArchiveNames = {
  config: (id) => `${id}.json`,
  layer: (id) => `${id}/layer.tar`,
};
/** Bazel's rules_oci. */
export const RULES_OCI: DockerArchiveNames = {
  config: (id) => `blobs/sha256/${id}`,
  layer: (id) => `blobs/sha256/${id}.tar.gz`,
};

/** A docker-archive: manifest.json last, as most write it. */
export async function writeDockerArchive(
  file: string,
  image: EncodedImage,
  tags: readonly string[] | null,
  names: DockerArchiveNames,
): Promise<void> {
  await stage(async (archive) => {
    await addDockerImage(archive, image, tags, names);
    await archive.writeTar(file);
  });
}

async function addDockerImage(
  archive: StagedArchive,
  image: EncodedImage,
  tags: readonly string[] | null,
  names: DockerArchiveNames,
): Promise<void> {
  const config = names.config(hex(sha256(image.config)));
  await archive.add(config, image.config);
  const layers = image.layers.map((layer) => names.layer(hex(sha256(layer.bytes))));
  for (const [n, layer] of image.layers.entries()) await archive.add(layers[n] ?? '', layer.bytes);
  await archive.addJson('manifest.json', [{ Config: config, RepoTags: tags, Layers: layers }]);
}

/** Every layer is a link, symbolic or hard, to where its content is. Symbolic links come before what they point at. */
export async function writeLinkedLayers(
  file: string,
  image: EncodedImage,
  tag: string,
  kind: 'symbolic' | 'hard',
): Promise<void> {
  await stage(async (archive) => {
    const layers: string[] = [];
    for (const [n, layer] of image.layers.entries()) {
      const content = `content/${n}.tar`;
      const path = `${n}/layer.tar`;
      await archive.add(content, layer.bytes);
      if (kind === 'hard') await archive.addHardlink(path, content);
      else await archive.addSymlink(path, `../${content}`);
      layers.push(path);
    }
    await archive.add('config.json', image.config);
    const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: layers }];
    await archive.addJson('manifest.json', manifest);
    await archive.writeTar(file, (members) => (kind === 'symbolic' ? members.reverse() : members));
  });
}

/** `tar -C folder .`: every member begins with `./`, directories have entries of their own. */
export async function writeDotSlash(file: string, image: EncodedImage, tag: string): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const staging = join(folder, 'image');
    await addDockerImage(new StagedArchive(staging), image, [tag], BAZEL);
    await shell('tar -cf "$1" -C "$2" .', file, staging);
  });
}

/** Engines before 1.10: no manifest.json, only the chain of `json` files and `repositories`. A newer save still carries those. */
export async function writeBefore110(file: string, saved: string): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await shell('tar -xf "$1" -C "$2" && rm "$2"/*.json', saved, folder);
    await shell('tar -cf "$1" -C "$2" .', file, folder);
  });
}

/** Configuration as Nix writes it: dated 1970, history without commands. */
export async function nixImage(image: SavedImage): Promise<EncodedImage> {
  const encoded = await encodeImage(image, gzip);
  const created = '1970-01-01T00:00:01+00:00';
  const history = image.layers.map((_, n) => ({
    created,
    comment: `store paths: ['/nix/store/${n}']`,
  }));
  const config = {
    created,
    ...LINUX_AMD64,
    config: { Cmd: ['/bin/hello'] },
    history,
    rootfs: { type: 'layers', diff_ids: encoded.layers.map((layer) => layer.diffId) },
  };
  return { ...encoded, config: Buffer.from(JSON.stringify(config)) };
}

/** The least that a configuration may say. */
export async function bareImage(image: SavedImage): Promise<EncodedImage> {
  const encoded = await encodeImage(image, gzip);
  const rootfs = { type: 'layers', diff_ids: encoded.layers.map((layer) => layer.diffId) };
  return { ...encoded, config: Buffer.from(JSON.stringify({ ...LINUX_AMD64, rootfs })) };
}
