import { bearerText, unauthorized } from './auth/authorizer';
import { parseChallenges } from './auth/challenge';
import type { RegistryError } from './errors';
import { refusal, refusalText } from './http/refusal';
import type { HttpRequest } from './http/transport';
import { refusesAsRegistry } from './http/version-check';
import { isWebPage, webPage } from './http/web-page';

/** What was asked of a registry, and what is known of it. */
export interface RefusedRequest {
  readonly registry: string;
  readonly verb: HttpRequest['method'];
  readonly url: URL;
  readonly hasCredential: boolean;
  /** How the registry wants to know who asks: `basic`, `bearer`, or empty. */
  readonly scheme: string;
  /** See `FoundEndpoint`. */
  readonly doubt: RegistryError | undefined;
}

/** The error that an answer stands for which is not what was asked for. */
export async function refusedRequest(
  response: Response,
  request: RefusedRequest,
): Promise<RegistryError> {
  const { registry, doubt } = request;
  const isPage = isWebPage(response);
  if (doubt && (isPage || !(await refusesAsRegistry(response)))) {
    await response.body?.cancel();
    return doubt;
  }
  if (isPage) {
    await response.body?.cancel();
    return webPage(registry, 'what was asked for');
  }
  return response.status === 401 ? unauthorizedBy(response, request) : refusal(response, registry);
}

async function unauthorizedBy(
  response: Response,
  { registry, verb, url, hasCredential, scheme }: RefusedRequest,
): Promise<RegistryError> {
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
  const told = bearerText(challenges);
  return unauthorized(registry, told ?? (await refusalText(response)), {
    isExplained: told !== undefined || verb !== 'HEAD',
    hasCredential,
    scheme,
    // As Go writes a request.
    request: `${verb.charAt(0)}${verb.slice(1).toLowerCase()} "${url.origin}${url.pathname}"`,
  });
}
