import { parseChallenges, type Challenge } from './auth/challenge';
import type { RegistryError } from './errors';
import { saysProxy } from './http/proxy-answer';
import { apiOrigins } from './http/registry-address';
import { readText } from './http/reply-body';
import type { Answer, Transport } from './http/transport';
import { answersAsRegistry, noRegistry } from './http/version-check';
import { isWebPage } from './http/web-page';
import { MANIFEST_TYPES } from './manifest-types';

/** Bytes of an answer to `/v2/` that are looked at. */
const BODY_BYTES = 4096;

export interface RegistryPlace {
  readonly transport: Transport;
  /** As a reference has it: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** The user allows plain http. */
  readonly plainHttp?: boolean;
}

/** Where a registry's API is, as far as its answer to `/v2/` tells. */
export interface FoundEndpoint {
  readonly origin: string;
  readonly challenges: readonly Challenge[];
  /**
   * Why this seems to be no registry. Docker asks for images whatever the answer to `/v2/` was: only where that fails, too, is this to be said.
   */
  readonly doubt: RegistryError | undefined;
}

/** The first of the possible origins that answers as a registry does, or that answers at all. Rejects as `Transport.send` does. */
export async function findEndpoint(place: RegistryPlace): Promise<FoundEndpoint> {
  let doubtful: FoundEndpoint | undefined;
  let problem: unknown;
  for (const origin of apiOrigins(place.registry, place.plainHttp)) {
    try {
      const found = await ping(origin, place);
      if (!found.doubt) return found;
      doubtful ??= found;
    } catch (error) {
      problem = error;
    }
  }
  if (doubtful) return doubtful;
  throw problem;
}

/**
 * Asks for `/v2/`. With a header that no simple request has, so that a registry which lets pages in, but not those with credentials, is
 * not mistaken for one that does.
 */
async function ping(
  origin: string,
  { transport, registry }: RegistryPlace,
): Promise<FoundEndpoint> {
  const request = {
    method: 'GET',
    url: `${origin}/v2/`,
    headers: { accept: MANIFEST_TYPES },
  } as const;
  let answer = await transport.send(request);
  if (answer.route === 'direct' && isVeiled(answer.response) && transport.hasProxy()) {
    transport.preferProxy(origin);
    answer = await transport.send(request);
  }
  const { response } = answer;
  const { status, headers } = response;
  const body = await readText(response, BODY_BYTES);
  const isPage = isWebPage(response) || (status === 200 && body.trimStart().startsWith('<'));
  const isProxy = isUnknownProxy(answer);
  const challenges = status === 401 ? parseChallenges(headers.get('www-authenticate') ?? '') : [];
  // What fails for a moment tells nothing: the next request is told more.
  const isFailing = status === 429 || status >= 500;
  const isOne = !isPage && (isFailing || answersAsRegistry(response, { body, isProxy }));
  if (isOne) return { origin, challenges, doubt: undefined };
  const doubt = noRegistry(registry, { origin, status, isPage, isProxy });
  // Nothing is to be had by a proxy that is none.
  if (isProxy) throw doubt;
  return { origin, challenges, doubt };
}

function isUnknownProxy({ route, response }: Answer): boolean {
  return route === 'proxy' && !saysProxy(response);
}

/** A 401 whose challenge the registry's CORS headers hide. */
function isVeiled({ status, headers }: Response): boolean {
  return status === 401 && !headers.has('www-authenticate');
}
