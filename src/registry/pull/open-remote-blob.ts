import type { RemoteBlob } from '../access';
import { RegistryClient } from '../client';
import { RegistryConnection } from '../connection';
import { IDLE_MS } from '../http/idle-limit';
import { remoteBlobSource, type RemoteBlobSource } from './remote-blob';
import type { RateLimit } from '../http/rate-limit';
import { DEFAULT_RETRY, type RetryNote, type RetryPolicy } from '../http/retry';
import { sessionRoutes } from '../http/session-routes';
import { Transport, type Fetch } from '../http/transport';
import type { TransferNote } from '../transfer-note';

export interface WorkerSituation {
  readonly fetch: Fetch;
  readonly isOnline: () => boolean;
  readonly retry?: RetryPolicy;
  /** See `TransportParts`. */
  readonly idleMs?: number;
}

/** Opens a blob where the page is not. Nobody can be asked there: a token server is one that the page knows, or it is refused. */
export function openRemoteBlob(
  { access, repository, ...descriptor }: RemoteBlob,
  { fetch, isOnline, retry = DEFAULT_RETRY, idleMs = IDLE_MS }: WorkerSituation,
  onNote?: (note: TransferNote) => void,
): RemoteBlobSource {
  const onRetry = (note: RetryNote | undefined): void => {
    if (note) onNote?.({ kind: 'retry', ...note });
  };
  const { registry, endpoint, credential, proxy, pageUrl, routes } = access;
  const transport = new Transport({
    fetch,
    proxy: () => proxy,
    page: { url: pageUrl, isOnline },
    routes: sessionRoutes(routes),
    idleMs,
  });
  const connection = new RegistryConnection({
    transport,
    registry,
    credential: () => credential,
    realms: { confirm: () => Promise.resolve(false) },
    now: Date.now,
    known: endpoint,
    retry,
    onLimit: onNote && tellingLimits(onNote),
    onRetry,
    onWarning: (text) => onNote?.({ kind: 'warning', text }),
  });
  return remoteBlobSource({
    registry: new RegistryClient(connection),
    repository,
    descriptor,
    retry,
    onRetry,
  });
}

/** An answer without a word on limits ends one only for who has met it: others have other transfers, asked for before. */
function tellingLimits(onNote: (note: TransferNote) => void) {
  let wasPassed = false;
  return (limit: RateLimit, isPassed: boolean): void => {
    if (isPassed || wasPassed || limit.remaining !== null) {
      onNote({ kind: 'limit', limit, isPassed });
    }
    wasPassed = isPassed;
  };
}
