import type { ErrorRecord } from '../base/errors';
import type { Progress } from '../base/task';
import type { Digest } from '../oci/digest';
import type { PackedPiece } from '../codec/compression/piece-packer';
import type { PieceRequest } from '../layer/encode-in-pieces';
import type { EncodeLayerRequest } from '../layer/encode-layer';
import type { ExpectedLayer, IngestedLayer } from '../layer/ingest-layer';
import type { ContentLocation } from '../layer/index/layer-index';
import type { RemoteBlob } from '../registry/access';
import type { RemoteLayerRequest, RemoteLayerView } from '../registry/remote/remote-layer';
import type { TransferNote } from '../registry/transfer-note';
import type { ExpectedBlob } from '../store/content-store';

/**
 * Every job a worker does: what it takes, what it answers, what it says in between. Blobs and Files are sent as they are and never as
 * their contents; buffers are transferred.
 */
export interface JobMap {
  /** One pass over a layer: see `IngestLayer`. */
  ingestLayer: {
    request: { readonly blob: Blob; readonly expected: ExpectedLayer };
    result: IngestedLayer;
    /** The index of what has been read so far. */
    event: ArrayBuffer;
  };
  /** Fetches a layer from its registry for the same pass; what has come of it stays when the rest does not. */
  pullLayer: {
    request: { readonly remote: RemoteBlob; readonly expected: ExpectedLayer };
    result: IngestedLayer;
    /** The index of what has been read so far, or what is told of the transfer. */
    event: ArrayBuffer | TransferNote;
  };
  /** Looks at a layer of a registry and stores nothing: see `LookAtLayer`. */
  lookAtLayer: {
    request: RemoteLayerRequest;
    result: RemoteLayerView;
    event: TransferNote;
  };
  /** Unpacks an archive's outer compression into a scratch of the store, which the page keeps alive. Answers with its bytes. */
  unpackArchive: {
    request: { readonly blob: Blob; readonly scratch: string };
    result: number;
    event: never;
  };
  /** The same pass over a layer for a store that no worker sees: nothing is stored, and the index comes back. */
  examineLayer: {
    request: { readonly blob: Blob; readonly expected: ExpectedLayer };
    result: { readonly layer: IngestedLayer; readonly index: ArrayBuffer };
    event: ArrayBuffer;
  };
  /** Unpacks an archive's outer compression into memory, for a store that no worker sees. */
  unpackInMemory: {
    request: { readonly blob: Blob };
    result: Blob;
    event: never;
  };
  /** Packs a layer anew into a scratch of the store, which the page keeps alive, or without one into memory. Answers with what came of it. */
  encodeLayer: {
    request: EncodeLayerRequest & { readonly blob: Blob; readonly scratch?: string };
    result: ExpectedBlob & {
      /** Where there is no scratch. */
      readonly blob?: Blob;
    };
    event: never;
  };
  /** Packs one piece of a plain layer. */
  packPiece: {
    request: PieceRequest;
    result: PackedPiece;
    event: never;
  };
  /** The digest of a stored blob, for verify. */
  hashBlob: {
    request: { readonly blob: Blob };
    result: Digest;
    event: never;
  };
  /** The index of a layer that is not (or no longer) stored: rebuilt from its bytes, nothing stored. */
  indexLayer: {
    request: {
      readonly blob: Blob;
      readonly what: string;
      /** Under which the index is to be stored, of bytes that were checked before. */
      readonly diffId?: Digest | undefined;
    };
    result: ArrayBuffer;
    event: ArrayBuffer;
  };
  /** One file's content out of a layer, compressed or not. Reads no further than it must. */
  readContent: {
    request: {
      readonly blob: Blob;
      readonly location: ContentLocation;
      /** Stops after this many bytes of the file: a preview. */
      readonly limit?: number | undefined;
    };
    result: Blob;
    event: never;
  };
}

export type JobName = keyof JobMap;

/** One job as it is sent. */
export interface JobStart<Name extends JobName> {
  readonly kind: 'start';
  readonly id: number;
  readonly job: Name;
  readonly request: JobMap[Name]['request'];
}

/** Page to worker. A job that is cancelled ends as `failed` with the code `aborted`, once it has cleaned up. */
export type ToWorker = JobStart<JobName> | { readonly kind: 'cancel'; readonly id: number };

/** Worker to page. `done` and `failed` end a job, and let the pool give the worker another. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'event'; readonly id: number; readonly event: JobMap[JobName]['event'] }
  | { readonly kind: 'done'; readonly id: number; readonly result: JobMap[JobName]['result'] }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorRecord };

/** Paths to be matched; `source` and `flags` make a regular expression that has been checked to be one. */
export interface MatchRequest {
  readonly id: number;
  readonly source: string;
  readonly flags: string;
  readonly paths: readonly string[];
}

/** 1 for every path that matches. */
export interface MatchReply {
  readonly id: number;
  readonly matches: Uint8Array<ArrayBuffer>;
}
