import type { JsonValue } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import { Fields } from '../../oci/json';
import { RegistryError, type RegistryErrorCode } from '../errors';
import { fetchJson } from '../http/fetch-json';
import { apiOrigins } from '../http/registry-address';
import type { Transport } from '../http/transport';

/** A repository that a search found. */
export interface FoundRepository {
  /** As people write it, without the host: `nginx`, `bitnami/nginx`. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly isOfficial: boolean;
  /** Hub's word, which is not to be trusted: docker's engine 20.10 still filters by it. */
  readonly isAutomated: boolean;
}

export interface SearchOptions extends AbortOptions {
  /** Results at most, 1 to 100. */
  readonly limit: number;
}

const HUB = 'docker.io';
const HUB_INDEX = 'https://index.docker.io';
const OFFICIAL = 'library/';
/** Nobody answered there, so that another origin is worth a try. */
const AWAY: readonly RegistryErrorCode[] = [
  'registry-unreachable',
  'proxy-missing',
  'not-a-proxy',
  'proxy-refused',
];

/**
 * Searches as docker's engine does: Docker Hub, or the host that stands before the first slash of the term, by version 1 of the search API.
 * Results come in the server's order. https://github.com/moby/moby/blob/v20.10.24/registry/service.go (Search)
 */
export async function searchRepositories(
  transport: Transport,
  term: string,
  { limit, signal }: SearchOptions,
): Promise<readonly FoundRepository[]> {
  const { host, query } = splitTerm(term);
  const search = `/v1/search?${new URLSearchParams({ q: query, n: String(limit) }).toString()}`;
  let problem: unknown;
  for (const origin of host === HUB ? [HUB_INDEX] : apiOrigins(host)) {
    try {
      const url = origin + search;
      return parseResults(await fetchJson(transport, { url, what: 'the search', signal }));
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || !AWAY.includes(error.code)) throw error;
      problem ??= error;
    }
  }
  throw problem;
}

/** The host that is searched, and what for. An official image is found without its `library/`. */
export function splitTerm(term: string): { readonly host: string; readonly query: string } {
  const slash = term.indexOf('/');
  const first = slash < 0 ? '' : term.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost';
  if (isHost && first !== 'index.docker.io' && first !== HUB) {
    return { host: first, query: term.slice(slash + 1) };
  }
  const query = isHost ? term.slice(slash + 1) : term;
  return { host: HUB, query: query.startsWith(OFFICIAL) ? query.slice(OFFICIAL.length) : query };
}

function parseResults(json: JsonValue): readonly FoundRepository[] {
  return new Fields(json, 'The search result').array('results').map((value, i) => {
    const fields = new Fields(value, `result ${i} of the search`);
    return {
      name: fields.optionalString('name') ?? '',
      description: fields.optionalString('description') ?? '',
      stars: countOf(fields, 'star_count'),
      isOfficial: fields.boolean('is_official'),
      isAutomated: fields.boolean('is_automated'),
    };
  });
}

/** A whole number that is not negative; 0 where there is none. */
export function countOf(fields: Fields, key: string): number {
  return (fields.raw(key) ?? undefined) === undefined ? 0 : fields.size(key);
}
