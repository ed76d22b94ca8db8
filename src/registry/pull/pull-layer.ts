import type { Clock } from '../../base/task';
import type {
  IngestedLayer,
  ExpectedLayer,
  IngestLayer,
  IngestLayerOptions,
} from '../../layer/ingest-layer';
import type { Digest } from '../../oci/digest';
import type { RemoteBlob } from '../access';
import type { Registries } from '../registries';
import type { TransferNote } from '../transfer-note';
import { isRemoteBlob } from './remote-blob';

/**
 * Fetches a layer of a registry and takes it in: the same one pass as `IngestLayer`, and what has come of it stays when the rest does not.
 * `main.ts` hands in the worker pool's.
 */
export type PullLayer = (
  remote: RemoteBlob,
  expected: ExpectedLayer,
  options?: PullLayerOptions,
) => Promise<IngestedLayer>;

export interface PullLayerOptions extends IngestLayerOptions {
  readonly onNote?: ((note: TransferNote) => void) | undefined;
}

/** How far a layer is. `stored` ends it; one that was here before begins with that. */
export type PullState =
  | { readonly kind: 'waiting' }
  /** Bytes. */
  | { readonly kind: 'downloading'; readonly done: number; readonly total: number }
  /** An attempt has failed; `at` is when there is another one, milliseconds since the epoch. */
  | {
      readonly kind: 'retrying';
      readonly done: number;
      readonly total: number;
      readonly at: number;
      /** Of the answer; undefined where there was none. */
      readonly status: number | undefined;
    }
  /** All bytes are here. */
  | { readonly kind: 'verifying' }
  | { readonly kind: 'stored' };

export interface FetchingParts {
  readonly ingestLayer: IngestLayer;
  readonly pullLayer: PullLayer;
  readonly registries: Pick<Registries, 'open' | 'downloads'>;
  readonly onState: (digest: Digest, state: PullState) => void;
  readonly now: Clock;
}

/** An ingest that fetches what lies in a registry, three layers at a time, and tells how far each is. */
export function fetchingIngest(parts: FetchingParts): IngestLayer {
  const { ingestLayer, pullLayer, registries, onState, now } = parts;
  return async (source, expected, options = {}) => {
    const { digest } = expected;
    if (!isRemoteBlob(source) || digest === undefined)
      return ingestLayer(source, expected, options);
    const total = source.size;
    onState(digest, { kind: 'waiting' });
    const download = async (): Promise<IngestedLayer> => {
      onState(digest, { kind: 'downloading', done: 0, total });
      const remote = await source.describe(options);
      const { connection } = registries.open(remote.access.registry);
      let isHere = false;
      let here = 0;
      const onDone = (done: number): void => {
        if (isHere) return;
        here = done;
        isHere = done >= total;
        onState(digest, isHere ? { kind: 'verifying' } : { kind: 'downloading', done, total });
      };
      const ingested = await pullLayer(remote, expected, {
        ...options,
        onProgress: (progress) => {
          options.onProgress?.(progress);
          onDone(progress.done);
        },
        onNote: (note) => {
          connection.hear(note);
          if (note.kind === 'retry' && !isHere) {
            const { status, wait } = note;
            onState(digest, { kind: 'retrying', done: here, total, at: now() + wait, status });
          }
        },
      });
      onDone(total);
      return ingested;
    };
    return registries.downloads.run(download, options);
  };
}
