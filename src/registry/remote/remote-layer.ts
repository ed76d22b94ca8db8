import { blobSource } from '../../base/byte-source';
import type { AbortOptions, TaskOptions } from '../../base/task';
import { BlobCollector } from '../../layer/toc/blob-collector';
import { checkLayer } from '../../layer/check-layer';
import { LayerError } from '../../layer/errors';
import { findFile } from '../../layer/find-file';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { SizedSource } from '../../layer/toc/packed-toc';
import { readContent } from '../../layer/read-content';
import { readLayer } from '../../layer/read-layer';
import { openTocLayer, tocClaim, type TocClaim, type TocFormat } from '../../layer/toc/toc-layer';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { RemoteBlob } from '../access';
import { pullScope, type RegistryClient } from '../client';
import { remoteBlobSource } from '../pull/remote-blob';

/** A layer in a registry that is to be looked at, as plain data: a worker does it. */
export interface RemoteLayerRequest {
  readonly remote: RemoteBlob;
  /** As the manifest has it. */
  readonly layer: Descriptor;
  /** As the configuration has it. */
  readonly diffId: Digest | undefined;
  /** Whether the registry sends parts of it: see `sendsRanges`. */
  readonly sendsRanges: boolean;
  /** In a sentence: `layer 3`. */
  readonly what: string;
  /** A file that is wanted with it. */
  readonly path?: string | undefined;
  /** Bytes of that file; all of them without it. */
  readonly limit?: number | undefined;
  /** Whether a layer that had to be fetched whole is wanted with its bytes: files can then be read without fetching it again. */
  readonly keep?: boolean | undefined;
}

/** What was seen of a layer. Nothing of it is stored. */
export interface RemoteLayerView {
  /** For `openLayerIndex`. */
  readonly index: ArrayBuffer;
  /**
   * How it was read, and so what is proven. By its table of contents: the table is the one that the manifest names, each file that is read is the
   * one that the table names; the layer's own digest was not checked. Whole: digest and diff ID are right.
   */
  readonly way: TocFormat | 'whole';
  /** Bytes of the layer that were fetched. */
  readonly fetched: number;
  /** Of the file that was wanted. */
  readonly content?: Blob | undefined;
  /** The layer as the registry has it, where it was fetched whole and wanted so. */
  readonly bytes?: Blob | undefined;
}

/** Looks at a layer without storing it: see `lookAtLayer`. `main.ts` hands in the worker pool's. */
export type LookAtLayer = (
  request: RemoteLayerRequest,
  options?: TaskOptions,
) => Promise<RemoteLayerView>;

/** One layer of a repository. */
export type NamedLayer = Pick<RemoteLayerRequest, 'layer' | 'diffId' | 'what'> & {
  readonly repository: string;
};

/** What a worker is asked for, with the login as it is now. */
export async function describeLayer(
  client: RegistryClient,
  { repository, layer, diffId, what }: NamedLayer,
  options: AbortOptions = {},
): Promise<RemoteLayerRequest> {
  const source = remoteBlobSource({ registry: client, repository, descriptor: layer });
  const hasToc = tocClaim(layer) !== undefined;
  return {
    remote: await source.describe(options),
    layer,
    diffId,
    sendsRanges: hasToc && (await sendsRanges(client, repository, { ...options, blob: layer })),
    what,
  };
}

/**
 * Reads one layer of an image in a registry: by its table of contents where it has one that the manifest vouches for and the registry sends parts
 * of blobs, else all of it, once. Rejects with `digest-mismatch` for a table, a file or a layer that is not the one that is named, with
 * `no-such-path` and `not-a-file`.
 */
export async function lookAtLayer(
  source: SizedSource,
  request: Omit<RemoteLayerRequest, 'remote'>,
  options: TaskOptions = {},
): Promise<RemoteLayerView> {
  const counted = countedSource(source);
  const claim = request.sendsRanges ? tocClaim(request.layer) : undefined;
  const view =
    (claim && (await readByToc(counted, claim, { ...request, ...options }))) ??
    (await readWhole(counted, request, options));
  return { ...view, fetched: counted.fetched() };
}

type View = Omit<RemoteLayerView, 'fetched'>;

/** Undefined where there is no table that can be used: the layer itself still says what is in it. */
async function readByToc(
  source: SizedSource,
  claim: TocClaim,
  { what, path, limit, signal }: AbortOptions & Pick<RemoteLayerRequest, 'what' | 'path' | 'limit'>,
): Promise<View | undefined> {
  try {
    const options = { what: `the table of contents of ${what}`, signal };
    const layer = await openTocLayer(source, claim, options);
    const content = path === undefined ? undefined : await layer.read(path, { limit, signal });
    return { index: layer.encodedIndex, way: layer.format, content };
  } catch (error) {
    if (error instanceof LayerError && error.code === 'bad-toc') return undefined;
    throw error;
  }
}

/** A file can be read once all of the layer is known to be right; until then its bytes are kept aside. */
async function readWhole(
  source: SizedSource,
  { layer, diffId, what, path, limit, keep = false }: Omit<RemoteLayerRequest, 'remote'>,
  options: TaskOptions,
): Promise<View> {
  const kept = path === undefined && !keep ? undefined : new BlobCollector();
  const write = (chunk: Uint8Array): Promise<void> => Promise.resolve(kept?.add(chunk));
  const reading = await readLayer(source, { ...options, what, ...(kept ? { write } : {}) });
  checkLayer(reading, { digest: layer.digest, size: layer.size, diffId, what });
  const encoded = reading.reader.index(reading.diffId);
  if (!kept) return { index: encoded, way: 'whole' };
  const bytes = kept.blob();
  const view: View = { index: encoded, way: 'whole', ...(keep ? { bytes } : {}) };
  if (path === undefined) return view;
  const index = openLayerIndex(encoded);
  const location = index.locate(findFile(index, path));
  return {
    ...view,
    content: await readContent(blobSource(bytes), location, { ...options, limit }),
  };
}

/**
 * Whether parts of a blob are sent, asked with its last byte. A server without ranges answers with all of it (status 200), which would make
 * a table of contents the dearest way to look.
 */
async function sendsRanges(
  { connection }: RegistryClient,
  repository: string,
  { blob: { digest, size }, signal }: AbortOptions & { readonly blob: Descriptor },
): Promise<boolean> {
  const response = await connection.send({
    path: `/v2/${repository}/blobs/${digest}`,
    headers: { range: `bytes=${size - 1}-${size - 1}` },
    scopes: [pullScope(repository)],
    signal,
  });
  await response.body?.cancel();
  return response.status === 206;
}

function countedSource(source: SizedSource): SizedSource & { readonly fetched: () => number } {
  let fetched = 0;
  return {
    size: source.size,
    fetched: () => fetched,
    open: (range, options) =>
      source.open(range, options).pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            fetched += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
  };
}
