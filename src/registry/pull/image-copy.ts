import type { CopyImage, CopyLayer } from '../../image/copy';
import { parseImageSummary, summarizePlatform } from '../../image/summary';
import type { ImageSummary, LayerSummary } from '../../image/image-summary';
import { layerName } from '../../layer/layer-name';
import { shortDigest, type Digest } from '../../oci/digest';
import type { ImageRoot } from '../../store/metadata-store';
import type { Registry } from '../client';
import type { ChosenPlatform, ResolvedImage } from './pull-source';
import { remoteBlobSource } from './remote-blob';
import type { PulledNames } from './stored-images';

/** The image of a pull, readable while its layers are on their way. */
export interface PlannedSource {
  readonly chosen: ChosenPlatform;
  /** Base layer first, one for each diff ID; the same object where a layer is in the image twice. */
  readonly copies: readonly CopyLayer[];
}

/** An image that is here already, whatever it was stored as: it gets the names, and nothing else. */
export function knownImage(root: ImageRoot, { tagged, repoDigest }: PulledNames): CopyImage {
  const { target } = root;
  const summary = parseImageSummary(root.summary) ?? { platforms: [], absent: [] };
  return {
    names: tagged === undefined ? [] : [tagged],
    layers: [],
    attachments: [],
    describe: () => Promise.resolve({ target, documents: [], summary, repoDigests: [repoDigest] }),
  };
}

/** What of a registry is copied, and what it is to be called. */
interface RemoteParts extends PlannedSource {
  readonly remote: ResolvedImage;
  readonly names: PulledNames;
}

/** An image of a registry on its way into the store. */
export function remoteImage({ remote, chosen, copies, names }: RemoteParts): CopyImage {
  return {
    names: names.tagged === undefined ? [] : [names.tagged],
    layers: [...new Set(copies)],
    attachments: [],
    describe: (copied) => {
      const own = { target: chosen.descriptor, documents: chosen.documents };
      const { target, documents } = remote.isIndex
        ? { target: remote.target.descriptor, documents: [remote.target, ...own.documents] }
        : own;
      const summary = summaryOf(remote, chosen, copies.map(copied));
      return Promise.resolve({ target, documents, summary, repoDigests: [names.repoDigest] });
    },
  };
}

function summaryOf(
  { manifests }: ResolvedImage,
  { descriptor, manifest, config, platform }: ChosenPlatform,
  layers: readonly LayerSummary[],
): ImageSummary {
  const imageId = manifest.config.digest;
  const others = manifests.filter(({ digest }) => digest !== descriptor.digest);
  return {
    platforms: [
      summarizePlatform({ manifest: descriptor.digest, imageId, config, platform, layers }),
    ],
    absent: others.map((other) => ({
      manifest: other.digest,
      platform: other.platform ?? { os: '', architecture: '' },
    })),
  };
}

/** One for each diff ID, base first; the same object where a layer is in the image twice. */
export function remoteLayers(
  registry: Registry,
  repository: string,
  { manifest, config }: ChosenPlatform,
): readonly CopyLayer[] {
  const known = new Map<Digest, CopyLayer>();
  return manifest.layers.map((descriptor, i) => {
    const { digest, size } = descriptor;
    const found = known.get(digest);
    if (found) return found;
    const what = layerName(i, shortDigest(digest));
    const bytes = remoteBlobSource({ registry, repository, descriptor });
    const expected = { digest, size, diffId: config.diffIds[i], what };
    const layer = { bytes, expected };
    known.set(digest, layer);
    return layer;
  });
}
