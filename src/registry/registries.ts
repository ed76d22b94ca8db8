import { Slots } from '../base/slots';
import type { Clock } from '../base/task';
import { RegistryClient } from './client';
import { RegistryConnection } from './connection';
import type { CredentialStore } from './auth/credential';
import type { RealmCheck } from './auth/realm';
import type { RateLimit } from './http/rate-limit';
import type { RetryNote, RetryPolicy } from './http/retry';
import { Transport, type TransportParts } from './http/transport';
import { RegistryWarnings } from './http/warnings';

/** Layers that are fetched at the same time, as docker's engine does it (`max-concurrent-downloads`). */
const DOWNLOADS = 3;

/** Told what a registry says of its limit, with whether it has been passed. */
export type OnLimit = (registry: string, limit: RateLimit, isPassed: boolean) => void;

/** The registries that a page speaks to, each by one connection a session. */
export interface Registries {
  /** `registry` as a reference has it: `docker.io`, `localhost:5000`. Nothing is sent before the client is used. */
  open(registry: string): RegistryClient;
  /** The same by a new connection, which finds out anew where the registry is, as it is set up now. */
  reopen(registry: string): RegistryClient;
  /** For what a registry offers beside its API: search. */
  readonly transport: Transport;
  /** What the user logged in with. */
  readonly credentials: CredentialStore;
  /** What registries warn of. */
  readonly warnings: RegistryWarnings;
  /** What bounds how many layers are fetched at once, by whatever. */
  readonly downloads: Slots;
}

export interface RegistriesParts extends TransportParts {
  readonly credentials: CredentialStore;
  readonly realms: RealmCheck;
  readonly now: Clock;
  readonly retry?: RetryPolicy;
  readonly onLimit?: OnLimit | undefined;
  /** Told of what is asked for again, and that it was answered. */
  readonly onRetry?: ((registry: string, note: RetryNote | undefined) => void) | undefined;
  /** Whether the user allows plain http for a registry that is not on this machine. */
  readonly allowsPlainHttp?: (registry: string) => boolean;
}

export function createRegistries(parts: RegistriesParts): Registries {
  const transport = new Transport(parts);
  const warnings = new RegistryWarnings();
  const clients = new Map<string, RegistryClient>();
  const { credentials } = parts;
  credentials.onChange((registry) => clients.get(registry)?.connection.forget());
  const open = (registry: string): RegistryClient => {
    const known = clients.get(registry);
    if (known) return known;
    const client = new RegistryClient(
      new RegistryConnection({
        transport,
        registry,
        plainHttp: parts.allowsPlainHttp?.(registry) ?? false,
        credential: () => credentials.get(registry),
        realms: parts.realms,
        now: parts.now,
        onLimit: (limit, isPassed) => parts.onLimit?.(registry, limit, isPassed),
        onRetry: (note) => parts.onRetry?.(registry, note),
        onWarning: (text) => warnings.tell({ registry, text }),
        ...(parts.retry ? { retry: parts.retry } : {}),
      }),
    );
    clients.set(registry, client);
    return client;
  };

  return {
    transport,
    credentials,
    warnings,
    downloads: new Slots(DOWNLOADS),
    open,
    reopen(registry) {
      clients.delete(registry);
      return open(registry);
    },
  };
}
