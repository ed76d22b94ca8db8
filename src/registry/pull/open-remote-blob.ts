import type { RemoteBlob } from '../access';
import { RegistryClient } from '../client';
import { RegistryConnection } from '../connection';
import { IDLE_MS } from '../http/idle-limit';
import { remoteBlobSource, type RemoteBlobSource } from './remote-blob';
import { DEFAULT_RETRY, type RetryPolicy } from '../http/retry';
import { sessionRoutes } from '../http/session-routes';
import { Transport, type Fetch } from '../http/transport';

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
): RemoteBlobSource {
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
  });
  return remoteBlobSource({
    registry: new RegistryClient(connection),
    repository,
    descriptor,
    retry,
  });
}
