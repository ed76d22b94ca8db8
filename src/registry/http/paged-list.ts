import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { Fields } from '../../oci/json';
import type { RegistryConnection } from '../connection';
import { badReply, RegistryError } from '../errors';
import { nextPage } from './link';
import { parseReply, readBody } from './reply-body';

export interface ListOptions extends AbortOptions {
  /** Called once where the list is said to go on at another host, which is not asked. */
  readonly onElsewhere?: ((host: string) => void) | undefined;
}

export interface PagedListRequest extends ListOptions {
  /** Of the first page: `/v2/_catalog?n=100`. */
  readonly path: string;
  /** The member that holds the names. */
  readonly member: string;
  /** In a sentence: `the list of tags`. */
  readonly what: string;
  readonly scopes: readonly string[];
}

/** A registry that answers empty pages for ever is up to no good. */
const MAX_PAGES = 20_000;

/**
 * A list of names that a registry gives page by page, each page as it comes. Pages follow the `Link` header, as registries page as they like
 * (50 at quay.io, whatever was asked for). Rejects with `bad-reply` where the pages go in a circle, and `limit-exceeded` past
 * `LIMITS.listNames`.
 */
export async function* listPages(
  connection: RegistryConnection,
  { path: first, member, what, scopes, signal, onElsewhere }: PagedListRequest,
): AsyncGenerator<readonly string[], void> {
  const { registry: host } = connection;
  const maxBytes = LIMITS.manifestBytes;
  const seen = new Set<string>();
  let count = 0;
  for (let path: string | undefined = first; path !== undefined;) {
    if (seen.has(path)) throw badReply(host, `the pages of ${what} go in a circle`);
    seen.add(path);
    const response = await connection.send({ path, scopes, signal });
    const bytes = await readBody(response, { what: `${what} of ${host}`, maxBytes, signal });
    const json = parseReply(bytes, { host, what, maxBytes });
    const names = new Fields(json, `${what} of ${host}`).strings(member);
    count += names.length;
    if (count > LIMITS.listNames || seen.size > MAX_PAGES) throw tooMany(host, what);
    yield names;
    const next = nextPage(response.headers.get('link'), path);
    if (next?.host !== undefined && !(await isOwn(next.host, connection))) {
      onElsewhere?.(next.host);
      onElsewhere = undefined;
    }
    // A page that would be its own next would be asked for without end.
    path = next?.path === path ? undefined : next?.path;
  }
}

async function isOwn(host: string, connection: RegistryConnection): Promise<boolean> {
  const { origin } = await connection.open();
  return host === connection.registry || host === new URL(origin).host;
}

function tooMany(host: string, what: string): RegistryError {
  return new RegistryError(
    'limit-exceeded',
    `${what} of ${host} has more than the ${LIMITS.listNames} names allowed.`,
    { detail: { host, limit: LIMITS.listNames } },
  );
}
