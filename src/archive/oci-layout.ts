import { encodeUtf8 } from '../base/bytes';
import { LIMITS } from '../base/limits';
import { sha256Digest } from '../codec/hash/sha256';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import { attestedDigest, parseImageIndex } from '../oci/image-index';
import { Fields, parseJson } from '../oci/json';
import { MediaType } from '../oci/media-types';
import { formatPlatform } from '../oci/platform';
import { canonicalReference, type Reference } from '../oci/reference';
import type { ArchiveContents, ArchiveDocument } from './archive-contents';
import type { ArchiveImage } from './archive-image';
import { artifact, noImage } from './no-image';
import { readImageTree, readIndexTree, type ImageTree } from './index-tree';
import { ociImage } from './oci-image';
import { labelOf, nameOf } from './oci-names';

/** Descriptors of index.json that are one image: one of them, or the platforms of an image that has no index of its own. */
interface Group {
  readonly members: Descriptor[];
  /** As index.json has them, whether they are names or a word alone. */
  readonly labels: Set<string>;
  /** By canonical name. */
  readonly references: Map<string, Reference>;
}

/**
 * The images of an OCI layout, in the order of index.json. What is wrong with one is reported, so that the others can be looked into.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function readOciLayout(contents: ArchiveContents): Promise<readonly ArchiveImage[]> {
  const what = `index.json in ${contents.name}`;
  const document = await contents.document('index.json', LIMITS.manifestBytes);
  const { manifests } = parseImageIndex(document.bytes, what);
  if (manifests.length === 0) throw noImage(contents.name, 'its index.json names none');
  const images: ArchiveImage[] = [];
  const artifacts: string[] = [];
  for (const group of groupDescriptors(manifests)) {
    const tree = await contents.attempt(() => readGroup(contents, group, document));
    if (!tree) continue;
    artifacts.push(...tree.artifacts);
    for (const fault of tree.faults) contents.report(fault);
    if (tree.platforms.length > 0) {
      images.push(ociImage({ tree, references: [...group.references.values()] }));
    }
  }
  if (images.length > 0) return images;
  throw contents.problems[0] ?? artifact(contents.name, artifacts);
}

async function readGroup(
  contents: ArchiveContents,
  group: Group,
  index: ArchiveDocument,
): Promise<ImageTree> {
  const [only, ...others] = group.members;
  if (only && others.length === 0) return readImageTree(contents, only);
  const bytes = indexOf(group.members, index);
  const digest = await sha256Digest(bytes);
  const target = { mediaType: MediaType.ociIndex, digest, size: bytes.length };
  return readIndexTree(contents, { target, bytes, what: `index.json in ${contents.name}` });
}

/** The index of a group: index.json itself where it holds nothing else, an index with its entries as they stand otherwise. */
function indexOf(
  members: readonly Descriptor[],
  { bytes }: ArchiveDocument,
): Uint8Array<ArrayBuffer> {
  const digests = new Set<string>(members.map(({ digest }) => digest));
  const entries = new Fields(parseJson(bytes, { what: 'index.json' }), 'index.json').array(
    'manifests',
  );
  const mine = entries.filter((entry) =>
    digests.has(new Fields(entry, 'index.json').string('digest')),
  );
  if (mine.length === entries.length) return bytes;
  const index = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: mine };
  return encodeUtf8(JSON.stringify(index));
}

/**
 * Descriptors as images. The same descriptor with several names is one image. Different descriptors for different platforms under one
 * name are one image too: some tools write the platforms into index.json itself. Without a name nothing says that they are. Otherwise a name repeated moves,
 * as a tag does. An attestation goes with what it attests.
 */
function groupDescriptors(descriptors: readonly Descriptor[]): readonly Group[] {
  const byDigest = new Map<Digest, Group>();
  const attestations: Descriptor[] = [];
  for (const descriptor of descriptors) {
    if (attestedDigest(descriptor) !== undefined) {
      attestations.push(descriptor);
      continue;
    }
    const group = byDigest.get(descriptor.digest) ?? newGroup(descriptor);
    const reference = nameOf(descriptor);
    group.labels.add(labelOf(descriptor));
    if (reference) group.references.set(canonicalReference(reference), reference);
    byDigest.set(descriptor.digest, group);
  }
  const groups = joinPlatforms([...byDigest.values()]);
  moveRepeatedNames(groups);
  for (const attestation of attestations) {
    const attested = attestedDigest(attestation);
    groups
      .find(({ members }) => members.some(({ digest }) => digest === attested))
      ?.members.push(attestation);
  }
  return groups;
}

function newGroup(descriptor: Descriptor): Group {
  return { members: [descriptor], labels: new Set(), references: new Map() };
}

/** Each label's groups as one where they are the platforms of an image, in the place of the first; the order is that of index.json. */
function joinPlatforms(singles: readonly Group[]): readonly Group[] {
  const byLabels = new Map<string, Group[]>();
  for (const group of singles)
    byLabels.set(labelsOf(group), [...(byLabels.get(labelsOf(group)) ?? []), group]);
  return singles.flatMap((group) => {
    const alike = byLabels.get(labelsOf(group)) ?? [];
    const members = alike.flatMap((each) => each.members);
    if (labelsOf(group) === '' || alike.length === 1 || !haveOwnPlatforms(members)) return [group];
    return group === alike[0] ? [{ ...group, members }] : [];
  });
}

function labelsOf({ labels }: Group): string {
  return [...labels].sort().join(' ');
}

function haveOwnPlatforms(members: readonly Descriptor[]): boolean {
  const platforms = members.map(({ platform }) => platform && formatPlatform(platform));
  return !platforms.includes(undefined) && new Set(platforms).size === members.length;
}

function moveRepeatedNames(groups: readonly Group[]): void {
  const owners = new Map<string, Group>();
  for (const group of groups) {
    for (const name of group.references.keys()) {
      owners.get(name)?.references.delete(name);
      owners.set(name, group);
    }
  }
}
