import { RegistryError } from '../errors';
import { toldErrors } from './error-body';
import { readText } from './reply-body';

/** Bytes of a refusal that are looked at. */
const BODY_BYTES = 64 * 1024;

/** An answer to `/v2/`, beside its status and headers. */
export interface VersionAnswer {
  /** Its first bytes. */
  readonly body: string;
  /** By the way of a proxy that does not say that it is one. */
  readonly isProxy: boolean;
}

/**
 * Whether `/v2/` is answered as registries do. One that lets nobody look there may still give its images: docker asks for them whatever the
 * answer was. What stands in a registry's place answers alike, so that a refusal has to show that it is none of a page's or a proxy's.
 */
export function answersAsRegistry(
  { status, headers }: Response,
  { body, isProxy }: VersionAnswer,
): boolean {
  const isJson = (headers.get('content-type') ?? '').includes('json');
  const saysVersion = headers.has('docker-distribution-api-version');
  switch (status) {
    case 200:
      return isJson || saysVersion;
    case 401:
      return true;
    case 403:
      return saysVersion || toldErrors(body).length > 0 || !(isProxy || body.includes('<'));
    case 404:
      return saysVersion || toldErrors(body).length > 0;
    default:
      return false;
  }
}

/** Whether a refusal shows that a registry has refused: of a request for something, whatever `/v2/` was answered with. */
export async function refusesAsRegistry(response: Response): Promise<boolean> {
  const { status, headers } = response;
  if (status === 401 || status === 429 || status >= 500) return true;
  if (headers.has('docker-distribution-api-version')) return true;
  return toldErrors(await readText(response.clone(), BODY_BYTES)).length > 0;
}

/** What answers in a registry's place. */
export interface NoRegistry extends Pick<VersionAnswer, 'isProxy'> {
  readonly origin: string;
  readonly status: number;
  readonly isPage: boolean;
}

/** The error for it. */
export function noRegistry(
  registry: string,
  { origin, status, isPage, isProxy }: NoRegistry,
): RegistryError {
  const page = isPage ? ' with a web page' : '';
  const detail = { host: registry, origin, status };
  return isProxy
    ? new RegistryError(
        'not-a-proxy',
        `Neither a proxy nor the registry ${registry} answers under the proxy's address (HTTP status ${status}); check the proxy in Settings.`,
        { detail },
      )
    : new RegistryError(
        'not-a-registry',
        `${registry} answers${page} under /v2/ (HTTP status ${status}): it is no registry, or a login page or portal stands in between.`,
        { detail },
      );
}
