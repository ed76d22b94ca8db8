/**
 * Docker Hub's search and tag lists, with fixed data, in both forms: what the engine asks (`/v1/search`) and what hub.docker.com's own
 * pages ask (`/v2/search/repositories/`, `/v2/repositories/NAMESPACE/NAME/tags`), with their paging.
 *
 *     const hub = await startHub();
 *     docker search HOST/TERM      // with hub.host: a term with a host goes to that host's /v1/search, so the real client can be asked
 *     hub.requests                 // every request it got
 *     await startHub({ rateLimited: true })    // 429 to everything, as Hub answers it
 *
 * A v1 search through it matches names and descriptions, as Hub's does; stars, most first.
 */
import { startUpstream, type Upstream } from '../support/upstream';
import { HUB_REPOSITORIES, tagsOf, type HubRepository } from './hub-data';

export interface HubServer extends Pick<Upstream, 'host' | 'url' | 'requests'> {
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly rateLimited?: boolean;
}

const V1_PAGE = 25;
const V2_PAGE = 10;
const MOST = 100;

export async function startHub({ rateLimited = false }: HubOptions = {}): Promise<HubServer> {
  const server = await startUpstream((request, response) => {
    if (rateLimited) response.setHeader('Retry-After', '60');
    const asked = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    const { status, value } = rateLimited
      ? { status: 429, value: { message: 'Rate limit exceeded', errinfo: {} } }
      : answerTo(asked);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  });
  const { host, url, requests } = server;
  return { host, url, requests, stop: () => server.close() };
}

function answerTo(asked: URL): { status: number; value: unknown } {
  const path = asked.pathname.replace(/\/$/, '');
  if (path === '/v1/_ping') return { status: 200, value: true };
  if (path === '/v1/search') return { status: 200, value: searchV1(asked.searchParams) };
  if (path === '/v2/search/repositories') return { status: 200, value: searchV2(asked) };
  const [, name, tags] = /^\/v2\/repositories\/([^/]+\/[^/]+)(\/tags)?$/.exec(path) ?? [];
  const repository = HUB_REPOSITORIES.find((known) => fullName(known) === name);
  if (!repository) return { status: 404, value: { message: 'object not found', errinfo: {} } };
  return {
    status: 200,
    value: tags ? page(asked, tagsNamed(asked, repository)) : details(repository),
  };
}

function tagsNamed(asked: URL, repository: HubRepository): object[] {
  const part = asked.searchParams.get('name') ?? '';
  return tagsOf(repository).filter(({ name }) => name.includes(part));
}

function matching(query: string): HubRepository[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return HUB_REPOSITORIES.filter(({ name, description }) => {
    const text = `${name} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }).sort((a, b) => b.stars - a.stars);
}

/** What moby's registry/types.SearchResults is read from. */
function searchV1(asked: URLSearchParams): object {
  const query = asked.get('q') ?? '';
  const pageSize = Math.min(MOST, Number(asked.get('n') ?? V1_PAGE));
  const pageNumber = Number(asked.get('page') ?? 1);
  const found = matching(query);
  return {
    query,
    num_pages: Math.ceil(found.length / pageSize),
    num_results: found.length,
    page: pageNumber,
    page_size: pageSize,
    results: found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map((repository) => ({
      name: repository.name,
      description: repository.description,
      star_count: repository.stars,
      is_official: repository.official,
      is_automated: repository.automated,
      is_trusted: repository.automated,
    })),
  };
}

function searchV2(asked: URL): object {
  const found = matching(asked.searchParams.get('query') ?? '');
  return page(
    asked,
    found.map((repository) => ({
      repo_name: repository.name,
      short_description: repository.description,
      star_count: repository.stars,
      pull_count: repository.pulls,
      repo_owner: '',
      is_automated: repository.automated,
      is_official: repository.official,
    })),
  );
}

function details(repository: HubRepository): object {
  const [namespace, name] = fullName(repository).split('/');
  return {
    ...{ user: namespace, name, namespace, repository_type: 'image', status: 1 },
    description: repository.description,
    ...{ is_private: false, is_automated: repository.automated },
    ...{ star_count: repository.stars, pull_count: repository.pulls },
    last_updated: '2026-01-02T03:04:05.678901Z',
  };
}

/** Django's paging, which hub.docker.com's lists have: absolute links to the pages beside this one. */
function page(asked: URL, items: readonly object[]): object {
  const size = Math.min(MOST, Number(asked.searchParams.get('page_size') ?? V2_PAGE));
  const number = Number(asked.searchParams.get('page') ?? 1);
  const link = (to: number): string | null => {
    if (to < 1 || (to - 1) * size >= items.length) return null;
    const url = new URL(asked);
    url.searchParams.set('page', String(to));
    return url.href;
  };
  return {
    count: items.length,
    next: link(number + 1),
    previous: link(number - 1),
    results: items.slice((number - 1) * size, number * size),
  };
}

function fullName({ name }: HubRepository): string {
  return name.includes('/') ? name : `library/${name}`;
}
