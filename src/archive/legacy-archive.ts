import { LIMITS } from '../base/limits';
import { sha256Digest } from '../codec/hash/sha256';
import type { CopyLayer, DescribedImage } from '../image/copy';
import type { LayerSummary } from '../image/image-summary';
import { layerName } from '../layer/layer-name';
import { parseImageConfig } from '../oci/image-config';
import { Fields, parseJson } from '../oci/json';
import { DEFAULT_PLATFORM, matchesPlatform, parsePlatform, type Platform } from '../oci/platform';
import { canonicalReference, type Reference } from '../oci/reference';
import { shorten } from './archive-entries';
import type { ArchiveContents } from './archive-contents';
import type { ArchiveImage } from './archive-image';
import { ArchiveError } from './errors';
import { imageName } from './image-name';
import { describeMadeImage } from './made-manifest';
import { configOfV1, historyOfV1, type V1History } from './v1-config';

/** One layer of docker 1.9 or older, which is an image too: `<id>/json` and `<id>/layer.tar`. */
interface V1Image {
  readonly id: string;
  readonly parent: string | undefined;
  readonly json: Uint8Array;
  readonly history: V1History;
}

type V1Images = ReadonlyMap<string, V1Image>;

/**
 * The images of an archive that `docker save` wrote before 1.10: those with a tag in `repositories`, in its order, then those without one
 * that nothing is built on. Their configuration is made as the layers are read, since no diff ID is written anywhere. Throws what is wrong
 * with a document.
 */
export async function readLegacyArchive(
  contents: ArchiveContents,
): Promise<readonly ArchiveImage[]> {
  const images = await readV1Images(contents);
  const tagged = await readRepositories(contents, images);
  const parents = new Set([...images.values()].map(({ parent }) => parent));
  const leaves = [...images.keys()].sort().filter((id) => !parents.has(id));
  const targets = new Set([...tagged.keys(), ...leaves]);
  const found: ArchiveImage[] = [];
  for (const id of targets) {
    const image = await contents.attempt(() =>
      legacyImage(contents, chainOf(contents, images, id), tagged.get(id) ?? []),
    );
    if (image) found.push(image);
  }
  return found;
}

async function readV1Images(contents: ArchiveContents): Promise<V1Images> {
  const images = new Map<string, V1Image>();
  for (const path of contents.entries.paths()) {
    const id = /^([^/]+)\/json$/.exec(path)?.[1];
    if (id === undefined) continue;
    const what = `${path} in ${contents.name}`;
    const { bytes } = await contents.document(path, LIMITS.configBytes);
    const fields = new Fields(parseJson(bytes, { what, maxBytes: LIMITS.configBytes }), what);
    const parent = fields.optionalString('parent');
    images.set(id, {
      id,
      parent: parent === '' ? undefined : parent,
      json: bytes,
      history: historyOfV1(fields),
    });
  }
  return images;
}

/** `repositories`: name to tag to ID. */
async function readRepositories(
  contents: ArchiveContents,
  images: V1Images,
): Promise<Map<string, Reference[]>> {
  const what = `repositories in ${contents.name}`;
  const { bytes } = await contents.document('repositories', LIMITS.manifestBytes);
  const fields = new Fields(parseJson(bytes, { what }), what);
  const tagged = new Map<string, Reference[]>();
  for (const name of fields.keys()) {
    for (const [tag, id] of fields.stringMap(name)) {
      if (!images.has(id))
        throw missing(contents, `${id}/json`, `which repositories has for ${name}:${tag}`);
      const references = tagged.get(id) ?? [];
      references.push(imageName(`${name}:${tag}`, `image ${shorten(id)} of ${what}`));
      tagged.set(id, references);
    }
  }
  return tagged;
}

/** From the base to the image with this ID. */
function chainOf(contents: ArchiveContents, images: V1Images, id: string): readonly V1Image[] {
  const chain = new Map<string, V1Image>();
  for (let next: string | undefined = id; next !== undefined;) {
    const image: V1Image | undefined = images.get(next);
    if (!image) throw missing(contents, `${next}/json`, `the parent of another layer`);
    if (chain.has(next)) {
      throw new ArchiveError(
        'bad-manifest',
        `${shorten(next)}/json in ${contents.name} is its own ancestor.`,
        { detail: { archive: contents.name, entry: `${shorten(next)}/json` } },
      );
    }
    if (chain.size >= LIMITS.imageLayers) throw tooManyLayers(contents, id);
    chain.set(next, image);
    next = image.parent;
  }
  return [...chain.values()].reverse();
}

async function legacyImage(
  contents: ArchiveContents,
  chain: readonly V1Image[],
  references: readonly Reference[],
): Promise<ArchiveImage> {
  const layers: CopyLayer[] = [];
  for (const [i, { id }] of chain.entries()) {
    const path = `${id}/layer.tar`;
    const what = layerName(i, shorten(path));
    const file = await contents.layerFile(path, what);
    if (file) layers.push(contents.layer(file, { what }));
  }
  const platform = platformOf(chain);
  const image: ArchiveImage = {
    references,
    names: references.map(canonicalReference),
    platforms: [],
    absent: [],
    layers,
    attachments: [],
    describe: (copied) => describe(chain, layers, copied),
    forPlatform: (asked) => (matchesPlatform(asked, platform) ? image : undefined),
  };
  return image;
}

/** What the last image of a chain says; the oldest engines said nothing, and knew one platform. */
function platformOf(chain: readonly V1Image[]): Platform {
  const json = chain.at(-1)?.json ?? new Uint8Array();
  const { os, architecture } = parsePlatform(parseJson(json, { what: 'json' }), 'json');
  return {
    os: os || DEFAULT_PLATFORM.os,
    architecture: architecture || DEFAULT_PLATFORM.architecture,
  };
}

/** Makes the configuration as an engine does, and that of the image it was built on, whose ID is its parent. */
async function describe(
  chain: readonly V1Image[],
  layers: readonly CopyLayer[],
  copied: (layer: CopyLayer) => LayerSummary,
): Promise<DescribedImage> {
  const summaries = layers.map(copied);
  const bytes = configAt(chain, summaries, chain.length);
  const parent =
    chain.length > 1 ? await sha256Digest(configAt(chain, summaries, chain.length - 1)) : undefined;
  const config = parseImageConfig(bytes);
  return describeMadeImage({ digest: await sha256Digest(bytes), bytes, config, parent }, summaries);
}

/** The configuration of the image that the first `length` of a chain make. */
function configAt(
  chain: readonly V1Image[],
  layers: readonly LayerSummary[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const top = chain[length - 1];
  if (!top) throw new RangeError(`a chain of ${chain.length} has no ${length} images`);
  const diffIds = layers.slice(0, length).map(({ diffId }) => diffId);
  const history = chain.slice(0, length).map((image) => image.history);
  return configOfV1(top.json, { diffIds, history }, `${shorten(top.id)}/json`);
}

function tooManyLayers({ name }: ArchiveContents, id: string): ArchiveError {
  return new ArchiveError(
    'limit-exceeded',
    `${shorten(id)} in ${name} is built on more than the ${LIMITS.imageLayers} layers allowed.`,
    { detail: { archive: name, entry: `${shorten(id)}/json`, limit: LIMITS.imageLayers } },
  );
}

function missing(contents: ArchiveContents, path: string, role: string): ArchiveError {
  return new ArchiveError(
    'missing-entry',
    `${shorten(path)}, ${shorten(role)}, is not in ${contents.name}.`,
    { detail: { archive: contents.name, entry: shorten(path) } },
  );
}
