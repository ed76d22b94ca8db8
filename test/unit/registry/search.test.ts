import { afterEach, describe, expect, it } from 'vitest';
import { listHubTags, searchHub } from '../../../src/registry/search/hub';
import { searchRepositories, splitTerm } from '../../../src/registry/search/search';
import { startHub } from '../../servers/hub-server';
import { registriesFor } from '../../support/registries';
import { startUpstream } from '../../support/upstream';

const { transport } = registriesFor();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function hub(): Promise<Awaited<ReturnType<typeof startHub>>> {
  const server = await startHub();
  stops.push(() => server.stop());
  return server;
}

/** A server that answers everything with one body. */
async function saying(body: string, type = 'application/json'): Promise<string> {
  const server = await startUpstream((_request, response) => {
    response.writeHead(200, { 'Content-Type': type }).end(body);
  });
  stops.push(() => server.close());
  return server.host;
}

describe('a search term', () => {
  it.each([
    ['nginx', 'docker.io', 'nginx'],
    ['library/nginx', 'docker.io', 'nginx'],
    ['docker.io/library/nginx', 'docker.io', 'nginx'],
    ['index.docker.io/nginx', 'docker.io', 'nginx'],
    ['bitnami/nginx', 'docker.io', 'bitnami/nginx'],
    ['ghcr.io/acme', 'ghcr.io', 'acme'],
    ['localhost/a/b', 'localhost', 'a/b'],
    ['host:5000/library/nginx', 'host:5000', 'library/nginx'],
    ['', 'docker.io', ''],
  ])('%j is for %s: %j', (term, host, query) => {
    expect(splitTerm(term)).toEqual({ host, query });
  });
});

describe('a search', () => {
  const search = (host: string, term = 'nginx'): ReturnType<typeof searchRepositories> =>
    searchRepositories(transport, `${host}/${term}`, { limit: 2 });

  it('asks the host of the term, and encodes the rest', async () => {
    const server = await hub();
    expect(await search(server.host, 'nginx & co')).toEqual([]);
    expect(server.requests.at(-1)?.url).toBe('/v1/search?q=nginx+%26+co&n=2');
    expect((await search(server.host)).map(({ name }) => name)).toEqual([
      'nginx',
      'linuxserver/nginx',
    ]);
  });

  it.each([
    ['a web page', '<!DOCTYPE html><p>hello', { code: 'web-page' }],
    ['no JSON', 'nonsense', { code: 'bad-json' }],
    ['a list in the place of an object', '[]', { code: 'bad-document' }],
    ['results that are none', '{"results":[1]}', { code: 'bad-document' }],
    ['stars that are no number', '{"results":[{"star_count":"9"}]}', { code: 'bad-document' }],
    ['more than a reply may be', `["${'x'.repeat(5_000_000)}"]`, { code: 'limit-exceeded' }],
  ])('refuses %s', async (_what, body, error) => {
    await expect(search(await saying(body))).rejects.toMatchObject(error);
  });

  it('takes no results for none', async () => {
    expect(await search(await saying('{"results":null}'))).toEqual([]);
  });
});

describe('Docker Hub’s own lists', () => {
  it('tell pulls and publishers, page by page', async () => {
    const { url: api } = await hub();
    const first = await searchHub(transport, 'nginx', { api, pageSize: 50 });
    expect(first.items[0]).toEqual({
      name: 'nginx',
      description: 'Official build of Nginx.',
      stars: 21_012,
      pulls: 12_934_012_331,
      isOfficial: true,
      publisher: '',
    });
    expect(first).toMatchObject({ hasNext: true });
    const last = await searchHub(transport, 'nginx', { api, pageSize: 50, page: 2 });
    expect(last.hasNext).toBe(false);
    expect(first.items.length + last.items.length).toBe(first.count);
  });

  it('tell the sizes, platforms and dates of tags', async () => {
    const { url: api } = await hub();
    const { items, count, hasNext } = await listHubTags(transport, 'library/nginx', { api });
    expect({ count, hasNext }).toEqual({ count: 23, hasNext: false });
    expect(items[0]).toMatchObject({
      name: 'latest',
      updated: '2026-01-31T03:04:05.000Z',
      size: 60_000_000,
      platforms: [
        { platform: { os: 'linux', architecture: 'amd64' }, size: 60_000_000 },
        { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        { platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
      ],
    });
    await expect(listHubTags(transport, 'library/none', { api })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('offer no platform of a tag that is a chart', async () => {
    const images = [{ os: 'linux', architecture: 'amd64', size: 1 }];
    const results = [{ name: '1', content_type: 'helm', images }];
    const api = `http://${await saying(JSON.stringify({ count: 1, results }))}`;
    const { items } = await listHubTags(transport, 'bitnamicharts/redis', { api });
    expect(items).toMatchObject([{ name: '1', platforms: [] }]);
  });
});
