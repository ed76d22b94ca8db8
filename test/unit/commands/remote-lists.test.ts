import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEnvironment } from '../../../src/commands/command';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { startHub, type HubServer } from '../../servers/hub-server';
import { environmentOf, run } from '../../support/fixture-store';
import { registriesFor } from '../../support/registries';
import { startUpstream, type Upstream } from '../../support/upstream';

let hub: HubServer;
let registry: Upstream;
let environment: CommandEnvironment;

beforeAll(async () => {
  hub = await startHub();
  registry = await startUpstream(({ url }, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (url === '/v2/') response.end('{}');
    else if (url === '/v2/far/tags/list?n=1000') {
      response.setHeader('Link', '<https://elsewhere.example/v2/far/tags/list?last=1>; rel="next"');
      response.end('{"tags":["1"]}');
    } else if (url?.startsWith('/v2/far/')) response.end('{"tags":[]}');
    else if (url === '/v2/_catalog?n=100') {
      response.setHeader('Link', '</v2/_catalog?n=100&last=b>; rel="next"');
      response.end('{"repositories":["a","b"]}');
    } else if (url?.startsWith('/v2/_catalog')) response.end('{"repositories":["c"]}');
    else response.end('{"tags":["1","2","3"]}');
  });
  // What is asked of Docker Hub, the test server answers.
  const toHub = (url: string, init: RequestInit): Promise<Response> =>
    fetch(url.replace('https://hub.docker.com', hub.url), init);
  environment = {
    ...environmentOf(await openMemoryStore()),
    registries: registriesFor({ fetch: toHub }),
  };
});
afterAll(async () => {
  await hub.stop();
  await registry.close();
});

describe('drydock tags', () => {
  it('lists Docker Hub’s with sizes, platforms and dates', async () => {
    const { stdout } = await run(environment, 'drydock tags --limit 2 nginx');
    expect(stdout).toBe(
      'TAG     UPDATED           SIZE  PLATFORMS\n' +
        'latest  2026-01-31 03:04  60MB  linux/amd64, linux/arm64/v8, linux/arm/v7\n' +
        '1.22    2026-01-30 03:04  60MB  linux/amd64, linux/arm64/v8, linux/arm/v7\n',
    );
    const json = await run(environment, 'drydock tags --format json nginx');
    expect(JSON.parse(json.stdout)).toHaveLength(23);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { name: 'latest', size: 60_000_000, platforms: [{ platform: 'linux/amd64' }, {}, {}] },
      ...Array.from({ length: 22 }, () => ({})),
    ]);
  });

  it('says where the list goes on at another host, which it does not ask', async () => {
    expect(await run(environment, `drydock tags ${registry.host}/far`)).toEqual({
      exitCode: 0,
      stdout: '1\n',
      stderr:
        'The list goes on at elsewhere.example, which was not followed: only this registry itself was asked.\n',
      files: {},
    });
  });

  it('lists the names of others', async () => {
    const name = `${registry.host}/a`;
    expect(await run(environment, `drydock tags --limit 2 ${name}`)).toMatchObject({
      stdout: '1\n2\n',
    });
    const { stdout } = await run(environment, `drydock tags --format json --limit 1 ${name}`);
    expect(JSON.parse(stdout)).toEqual([
      { name: '1', digest: null, size: null, updated: null, platforms: null },
    ]);
  });

  it('refuses a tag', async () => {
    expect(await run(environment, 'drydock tags nginx:1')).toMatchObject({
      exitCode: 1,
      stderr: 'tags are of a repository: leave out the tag or digest\n',
    });
  });
});

describe('drydock catalog', () => {
  it('lists repositories over all pages, or as many as are asked for', async () => {
    expect(await run(environment, `drydock catalog ${registry.host}`)).toMatchObject({
      stdout: 'a\nb\nc\n',
    });
    const first = await run(
      environment,
      `drydock catalog --limit 1 --format json ${registry.host}`,
    );
    expect(first.stdout).toBe('["a"]\n');
  });

  it.each(['docker.io', 'nginx', '', 'ghcr.io/a', 'https://x'])('refuses %j', async (host) => {
    expect(await run(environment, `drydock catalog '${host}'`)).toMatchObject({ exitCode: 1 });
  });
});

describe('docker search', () => {
  it.each([
    ['the proxy cannot reach the host', 502, 'The proxy cannot reach index.docker.io: timeout.'],
    ['the proxy does not reach it', 403, 'The proxy does not reach index.docker.io.'],
  ])('says why nobody answers: %s', async (_, status, reason) => {
    const headers = { 'x-drydock-proxy': 'refused' };
    const proxied = (url: string): Promise<Response> =>
      url.startsWith('http://127.0.0.1:4173/proxy/')
        ? Promise.resolve(new Response(reason, { status, headers }))
        : Promise.reject(new TypeError('Failed to fetch'));
    const registries = registriesFor({ fetch: proxied, proxy: () => '/proxy/{url}' });
    expect(await run({ ...environment, registries }, 'docker search nginx')).toMatchObject({
      exitCode: 1,
      stderr: `Error response from daemon: ${reason}\n`,
    });
  });
});
