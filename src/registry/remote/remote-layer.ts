import { blobSource } from '../../base/byte-source';
import { ProgressMeter } from '../../base/progress-meter';
import type { AbortOptions, TaskOptions } from '../../base/task';
import { BlobCollector } from '../../layer/toc/blob-collector';
import { checkLayer } from '../../layer/check-layer';
import { LayerError } from '../../layer/errors';
import { findFile } from '../../layer/find-file';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { SizedSource, UnpackedToc } from '../../layer/toc/packed-toc';
import { readContent } from '../../layer/read-content';
import { readLayer } from '../../layer/read-layer';
import {
  fetchToc,
  tocClaim,
  tocLayer,
  type TocClaim,
  type TocFormat,
} from '../../layer/toc/toc-layer';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { RemoteBlob } from '../access';
import { blobRefusal } from '../errors';
import { pullScope, type RegistryClient } from '../client';
import { remoteBlobSource } from '../pull/remote-blob';
import type { TransferNote } from '../transfer-note';

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
  /** Bytes of the layer that reading the file by a table of contents may take: rejects with `over-budget` where it would be more. */
  readonly budget?: number | undefined;
  /** Whether what was fetched is wanted too, the table or all of the layer: files can then be read without fetching that again. */
  readonly keep?: boolean | undefined;
  /** The table of contents, kept from an earlier look. */
  readonly toc?: KeptToc | undefined;
}

/** A layer's table of contents that was found to be the one that the manifest names. */
export interface KeptToc {
  readonly json: Blob;
  /** Where the last content in the layer ends at the latest, bytes. */
  readonly contentEnd: number;
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
  /** The layer as the registry has it, where it was fetched whole and is to be kept. */
  readonly bytes?: Blob | undefined;
  /** The table of contents, where it was read by it and is to be kept. */
  readonly toc?: KeptToc | undefined;
}

/** Looks at a layer without storing it: see `lookAtLayer`. `main.ts` hands in the worker pool's. */
export type LookAtLayer = (
  request: RemoteLayerRequest,
  options?: LookOptions,
) => Promise<RemoteLayerView>;

export interface LookOptions extends TaskOptions {
  readonly onNote?: ((note: TransferNote) => void) | undefined;
}

/** One layer of a repository. */
export type NamedLayer = Pick<RemoteLayerRequest, 'layer' | 'diffId' | 'what'> & {
  readonly repository: string;
};

interface DescribeOptions extends AbortOptions {
  /** Whether the registry sends parts of the layer, where that is known. */
  readonly sendsRanges?: boolean | undefined;
}

/** What a worker is asked for, with the login as it is now. */
export async function describeLayer(
  client: RegistryClient,
  { repository, layer, diffId, what }: NamedLayer,
  { sendsRanges: known, ...options }: DescribeOptions = {},
): Promise<RemoteLayerRequest> {
  const source = remoteBlobSource({ registry: client, repository, descriptor: layer });
  const hasToc = tocClaim(layer) !== undefined;
  return {
    remote: await source.describe(options),
    layer,
    diffId,
    sendsRanges:
      hasToc &&
      (known ?? (await sendsRanges(client, repository, { ...options, blob: layer, what }))),
    what,
  };
}

/**
 * Reads one layer of an image in a registry: by its table of contents where it has one that the manifest vouches for and the registry sends parts
 * of blobs, else all of it, once. Rejects with `digest-mismatch` for a table, a file or a layer that is not the one that is named, with
 * `no-such-path`, `not-a-file` and `blob-unknown`.
 */
export async function lookAtLayer(
  source: SizedSource,
  request: Omit<RemoteLayerRequest, 'remote'>,
  options: TaskOptions = {},
): Promise<RemoteLayerView> {
  // Without a table at hand all of the layer may yet be read, which tells its progress itself.
  const onProgress = request.toc ? options.onProgress : undefined;
  const counted = countedSource(source, onProgress);
  const claim = request.sendsRanges ? tocClaim(request.layer) : undefined;
  const { what, layer } = request;
  try {
    const view =
      (claim && (await readByToc(counted, claim, { ...request, ...options }))) ??
      (await readWhole(counted, request, options));
    return { ...view, fetched: counted.meter.done };
  } catch (error) {
    throw blobRefusal(error, { digest: layer.digest, what });
  }
}

type View = Omit<RemoteLayerView, 'fetched'>;
type TocRequest = Pick<RemoteLayerRequest, 'what' | 'path' | 'limit' | 'budget' | 'keep' | 'toc'>;

/** Undefined where there is no table that can be used: the layer itself still says what is in it. */
async function readByToc(
  source: SizedSource,
  claim: TocClaim,
  { what: whose, path, toc: kept, keep = false, signal, ...limits }: AbortOptions & TocRequest,
): Promise<View | undefined> {
  try {
    const options = { what: `the table of contents of ${whose}`, signal };
    const toc = kept ? await unkept(kept) : await fetchToc(source, claim, options);
    const layer = await tocLayer(source, claim, { ...options, toc });
    const content = path === undefined ? undefined : await layer.read(path, { ...limits, signal });
    const view = { index: layer.encodedIndex, way: layer.format, content };
    return keep ? { ...view, toc: keptToc(toc) } : view;
  } catch (error) {
    if (error instanceof LayerError && error.code === 'bad-toc') return undefined;
    throw error;
  }
}

function keptToc({ json, contentEnd }: UnpackedToc): KeptToc {
  return { json: new Blob([new Uint8Array(json)]), contentEnd };
}

async function unkept({ json, contentEnd }: KeptToc): Promise<UnpackedToc> {
  return { json: new Uint8Array(await json.arrayBuffer()), contentEnd };
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
  const { location } = findFile([index], 0, path);
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
  {
    blob: { digest, size },
    what,
    signal,
  }: AbortOptions & { readonly blob: Descriptor; readonly what: string },
): Promise<boolean> {
  const response = await connection
    .send({
      path: `/v2/${repository}/blobs/${digest}`,
      headers: { range: `bytes=${size - 1}-${size - 1}` },
      scopes: [pullScope(repository)],
      signal,
    })
    .catch((error: unknown) => {
      throw blobRefusal(error, { digest, what });
    });
  await response.body?.cancel();
  return response.status === 206;
}

function countedSource(
  source: SizedSource,
  onProgress: TaskOptions['onProgress'],
): SizedSource & { readonly meter: ProgressMeter } {
  const meter = new ProgressMeter({ phase: 'fetch', total: null, unit: 'bytes' }, onProgress);
  return {
    size: source.size,
    meter,
    open: (range, options) =>
      source.open(range, options).pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            meter.add(chunk.length);
            controller.enqueue(chunk);
          },
        }),
      ),
  };
}
