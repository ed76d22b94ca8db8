import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listCatalog } from '../../../src/registry/search/catalog';
import { registriesFor } from '../../support/registries';
import { startUpstream, type Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

type Answer = (path: string, response: ServerResponse) => void;

/** The pages of the catalogue of a registry that answers so. */
async function catalog(
  answer: Answer,
  onElsewhere?: (host: string) => void,
): Promise<(readonly string[])[]> {
  server = await startUpstream((request: IncomingMessage, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (request.url === '/v2/') response.end('{}');
    else answer(request.url ?? '', response);
  });
  const { connection } = registriesFor().open(server.host);
  const pages: (readonly string[])[] = [];
  for await (const names of listCatalog(connection, { onElsewhere })) pages.push(names);
  return pages;
}

const page = (response: ServerResponse, names: readonly string[] | null, next?: string): void => {
  if (next !== undefined) response.setHeader('Link', `<${next}>; rel="next"`);
  response.end(JSON.stringify({ repositories: names }));
};

describe('the repositories of a registry', () => {
  it('come page by page, as its links say', async () => {
    const pages = await catalog((path, response) => {
      if (path === '/v2/_catalog?n=100') page(response, ['a', 'b'], '/v2/_catalog?last=b&n=2');
      else if (path === '/v2/_catalog?last=b&n=2') page(response, ['c'], '_catalog?last=c&n=2');
      else page(response, null);
    });
    expect(pages).toEqual([['a', 'b'], ['c'], []]);
  });

  it('are asked for on the same host, wherever a link leads', async () => {
    const elsewhere: string[] = [];
    const pages = await catalog(
      (path, response) => {
        if (path.includes('last=b')) page(response, []);
        else if (path.includes('last=')) {
          page(response, ['b'], 'https://evil.example/v2/_catalog?last=b');
        } else page(response, ['a'], 'https://evil.example/v2/_catalog?last=a');
      },
      (host) => elsewhere.push(host),
    );
    expect(pages).toEqual([['a'], ['b'], []]);
    expect(elsewhere).toEqual(['evil.example']);
  });

  it('go on without a word where a link names the registry itself', async () => {
    const elsewhere: string[] = [];
    const answer: Answer = (path, response) => {
      if (path.includes('last=')) page(response, ['b']);
      else page(response, ['a'], `http://${server?.host ?? ''}/v2/_catalog?last=a`);
    };
    const pages = await catalog(answer, (host) => elsewhere.push(host));
    expect([pages, elsewhere]).toEqual([[['a'], ['b']], []]);
  });

  it('are refused where the pages go in a circle', async () => {
    const circle = catalog((path, response) => {
      page(response, ['a'], path.endsWith('x') ? '/v2/_catalog?y' : '/v2/_catalog?x');
    });
    await expect(circle).rejects.toMatchObject({ code: 'bad-reply' });
  });

  it.each([
    ['a web page', '<html>', 'web-page'],
    ['names that are none', '{"repositories":[1]}', 'bad-document'],
  ])('are refused as %s', async (_what, body, code) => {
    await expect(catalog((_path, response) => void response.end(body))).rejects.toMatchObject({
      code,
    });
  });
});
