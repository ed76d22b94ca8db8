import { encodeUtf8 } from '../base/bytes';
import { LIMITS } from '../base/limits';
import { sha256Digest } from '../codec/sha256';
import type { CopyLayer, DescribedImage } from '../image/copy';
import type { LayerSummary } from '../image/image-summary';
import type { Digest } from '../oci/digest';
import { parseImageConfig } from '../oci/image-config';
import { Fields, parseJson, type JsonObject } from '../oci/json';
import { canonicalReference, parseReference, type Reference } from '../oci/reference';
import { shorten } from './archive-entries';
import type { ArchiveContents } from './archive-contents';
import type { ArchiveImage } from './archive-image';
import { ArchiveError } from './errors';
import { describeMadeImage } from './made-manifest';
import { configOfV1, historyOfV1 } from './v1-config';

/** One layer of docker 1.9 or older, which is an image too: `<id>/json` and `<id>/layer.tar`. */
interface V1Image {
  readonly id: string;
  readonly parent: string | undefined;
  readonly json: Uint8Array;
  readonly history: JsonObject;
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
  return [...targets].map((id) =>
    legacyImage(contents, chainOf(contents, images, id), tagged.get(id) ?? []),
  );
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
      references.push(parseReference(`${name}:${tag}`));
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
    chain.set(next, image);
    next = image.parent;
  }
  return [...chain.values()].reverse();
}

function legacyImage(
  contents: ArchiveContents,
  chain: readonly V1Image[],
  references: readonly Reference[],
): ArchiveImage {
  const layers = chain.flatMap(({ id }, i) => {
    const path = `${id}/layer.tar`;
    const file = contents.entries.find(path);
    if (!file) contents.report(missing(contents, path, `layer ${i + 1} of ${chain.length}`));
    const what = `layer ${i + 1} of ${chain.length} (${shorten(path)})`;
    return file ? [contents.layer(file, { what })] : [];
  });
  return {
    references,
    names: references.map(canonicalReference),
    platforms: [],
    absent: [],
    layers,
    attachments: [],
    describe: (copied) => describe(chain, layers, copied),
  };
}

/** Makes the configuration of every image of the chain, as an engine does: the ID of each is the parent of the next. */
async function describe(
  chain: readonly V1Image[],
  layers: readonly CopyLayer[],
  copied: (layer: CopyLayer) => LayerSummary,
): Promise<DescribedImage> {
  const summaries = layers.map(copied);
  let bytes: Uint8Array<ArrayBuffer> = encodeUtf8('');
  let digest: Digest | undefined;
  let parent: Digest | undefined;
  for (const [i, { id, json }] of chain.entries()) {
    const diffIds = summaries.slice(0, i + 1).map(({ diffId }) => diffId);
    const history = chain.slice(0, i + 1).map((image) => image.history);
    bytes = configOfV1(json, { diffIds, history }, `${shorten(id)}/json`);
    parent = digest;
    digest = await sha256Digest(bytes);
  }
  const config = parseImageConfig(bytes);
  return describeMadeImage(
    { digest: digest ?? (await sha256Digest(bytes)), bytes, config, parent },
    summaries,
  );
}

function missing(contents: ArchiveContents, path: string, role: string): ArchiveError {
  return new ArchiveError(
    'missing-entry',
    `${shorten(path)}, ${shorten(role)}, is not in ${contents.name}.`,
    { detail: { archive: contents.name, entry: shorten(path) } },
  );
}
