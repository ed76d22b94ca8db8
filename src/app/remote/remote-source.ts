import type { AbortOptions } from '../../base/task';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { ImageConfig } from '../../oci/image-config';
import { findFile } from '../../layer/find-file';
import { familiarReference } from '../../oci/reference';
import { indexOf, LayerShelf } from '../image/layer-shelf';
import type { ExploredLayer, ExploredPlatform, ImageSource } from '../image/image-source';
import type { RemoteFacts } from './remote-facts';
import type { StoredLayers } from './stored-layers';
import { RemoteLayers, type RemoteLayersParts } from './remote-layers';

export interface RemoteSourceParts extends Omit<RemoteLayersParts, 'layers' | 'shelf' | 'stored'> {
  /** Of the manifest that is explored. */
  readonly descriptor: Descriptor;
  readonly imageId: Digest;
  readonly layers: readonly Descriptor[];
  readonly platforms: readonly ExploredPlatform[];
  readonly config: ImageConfig;
  readonly rawConfig: Uint8Array;
  readonly rawManifest: Uint8Array;
  /** What the store has of its layers. */
  readonly storedLayers: StoredLayers;
  readonly facts: Omit<RemoteFacts, 'reference' | 'fetching'>;
}

/** An image in a registry, explored there: its layers are waiting until somebody has them fetched. */
export async function remoteSource(parts: RemoteSourceParts): Promise<ImageSource> {
  const { reference, descriptor, imageId, platforms, config, rawConfig, rawManifest, jobs } = parts;
  const layers = parts.layers.map((layer, position): ExploredLayer => ({
    position,
    descriptor: layer,
    diffId: config.diffIds[position],
    unpackedSize: undefined,
  }));
  const stored = await parts.storedLayers(layers);
  const shelf = new LayerShelf(layers.length);
  const fetching = new RemoteLayers({ ...parts, layers, stored, shelf });
  const indexAt = (position: number): ReturnType<typeof indexOf> => indexOf(shelf.get(position));
  const readFile: ImageSource['readFile'] = ({ layer, path, ...amounts }, options) => {
    const found = findFile(shelf.indexes, layer, path);
    return fetching.read(found.layer, { ...found, ...amounts }, options);
  };
  return {
    origin: 'remote',
    remote: { ...parts.facts, reference, fetching },
    imageId,
    descriptor,
    names: [familiarReference(reference)],
    platforms,
    config,
    rawConfig,
    rawManifest,
    verification: 'remote',
    get layers() {
      return layers.map((layer) => ({
        ...layer,
        unpackedSize: indexAt(layer.position)?.unpackedSize,
      }));
    },
    layerState: (position) => shelf.get(position),
    readFile: async (request, options) => readFile(request, options),
    async hashFile({ layer, path }, options: AbortOptions = {}) {
      const blob = await readFile({ layer, path }, options);
      return jobs.run('hashBlob', { blob }, { signal: options.signal, urgent: true });
    },
    onChange: (listener) => shelf.onChange(listener),
    close: () => fetching.cancel(),
  };
}
