import type { Digest } from '../oci/digest';
import type { Challenge } from './auth/challenge';
import type { Credential } from './auth/credential';
import type { Token } from './auth/token';
import type { Route } from './http/transport';

/** What is known of a registry once it has answered. */
export interface KnownEndpoint {
  /** Where its API is: `https://registry-1.docker.io`. */
  readonly origin: string;
  readonly challenges: readonly Challenge[];
  /** By what they allow. */
  readonly tokens: readonly (readonly [string, Token])[];
  /** Hosts of token servers that may be asked, as was found out or agreed to. */
  readonly realms: readonly string[];
}

/**
 * What the page has found out about a registry and may do there, as plain data, so that a worker goes on with it. Holds secrets: it goes to
 * workers of this page and nowhere else.
 */
export interface RegistryAccess {
  /** As a reference has it: `docker.io`. */
  readonly registry: string;
  readonly endpoint: KnownEndpoint;
  readonly credential: Credential | undefined;
  readonly proxy: string | undefined;
  readonly pageUrl: string;
  readonly routes: readonly (readonly [string, Route])[];
}

/** A blob of a registry, for a worker to fetch. */
export interface RemoteBlob {
  readonly access: RegistryAccess;
  readonly repository: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}
