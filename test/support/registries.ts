import { lookAtLayer, type LookAtLayer } from '../../src/registry/remote/remote-layer';
import { openRemoteBlob } from '../../src/registry/pull/open-remote-blob';
import type {
  Credential,
  CredentialReader,
  CredentialStore,
} from '../../src/registry/auth/credential';
import type { PullLayer } from '../../src/registry/pull/pull-layer';
import type { IngestLayer } from '../../src/layer/ingest-layer';
import {
  createRegistries,
  type Registries,
  type RegistriesParts,
} from '../../src/registry/registries';
import { sessionRoutes } from '../../src/registry/http/session-routes';
import type { Fetch } from '../../src/registry/http/transport';

const QUICK_RETRY = { attempts: 4, firstDelay: 5, longestDelay: 1000 };

/** The registries as a page has them, over Node's own `fetch`; failed requests are sent again at once. */
export function registriesFor({
  credentials,
  ...parts
}: Partial<Omit<RegistriesParts, 'credentials'>> & {
  /** Who is logged in from the start. */
  readonly credentials?: CredentialReader;
} = {}): Registries {
  return createRegistries({
    fetch: (url, init) => fetch(url, init),
    proxy: () => undefined,
    page: { url: 'http://127.0.0.1:4173/', isOnline: () => true },
    routes: sessionRoutes(),
    credentials: sessionCredentials(credentials),
    realms: { confirm: () => Promise.resolve(false) },
    now: Date.now,
    retry: QUICK_RETRY,
    ...parts,
  });
}

/** Fetches layers in this thread, as a worker does it. */
export function pullWith(
  ingestLayer: IngestLayer,
  network: { readonly fetch?: Fetch; readonly idleMs?: number } = {},
): PullLayer {
  return (remote, expected, options) => {
    const situation = { ...NETWORK, retry: QUICK_RETRY, ...network };
    const source = openRemoteBlob(remote, situation, options?.onNote);
    return ingestLayer(source, expected, { ...options, resumable: true });
  };
}

function sessionCredentials(initial?: CredentialReader): CredentialStore {
  const known = new Map<string, Credential | undefined>();
  const listeners: ((registry: string) => void)[] = [];
  const change = (registry: string, credential?: Credential): Promise<void> => {
    known.set(registry, credential);
    for (const listener of listeners) listener(registry);
    return Promise.resolve();
  };
  return {
    get: (registry) => (known.has(registry) ? known.get(registry) : initial?.get(registry)),
    set: change,
    delete: (registry) => change(registry),
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Looks at layers in this thread, as a page's workers do in theirs. */
export const lookHere: LookAtLayer = (request, options) =>
  lookAtLayer(openRemoteBlob(request.remote, NETWORK, options?.onNote), request, options);

const NETWORK = {
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  isOnline: () => true,
};
