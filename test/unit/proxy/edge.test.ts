import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildEdge, startEdge } from '../../servers/edge';
import { proxyContract } from '../../support/proxy-contract';
import { openRequest, rawRequest } from '../../support/raw-request';
import { startUpstream, type Upstream } from '../../support/upstream';

let edge: string;
beforeAll(async () => {
  edge = await buildEdge();
});

proxyContract('the proxy in workerd', (setup) => startEdge(edge, setup));

describe('the edge entry', () => {
  it('has nothing of Node in it', () => {
    expect(edge).not.toMatch(/^import |\bimport\(|\brequire\(|['"]node:/m);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'reaches no private address where the runtime’s policy is the shipped one, though it is listed: %s',
    async (name) => {
      const registry = await startUpstream((_, response) => response.end('secret'));
      onTestFinished(() => registry.close());
      const url = registry.url.replace('127.0.0.1', name);
      const proxy = await startEdge(edge, { allow: [url], origins: [], reached: 'none' });
      onTestFinished(() => proxy.stop());
      const { status, body } = await rawRequest(`${proxy.url}/proxy/${url}/`);
      expect([status, body.toString()]).toEqual([
        502,
        `The proxy cannot reach ${new URL(url).host}.\n`,
      ]);
      expect(registry.requests).toEqual([]);
    },
  );

  it('holds each redirect against the runtime’s policy, though its target is listed', async () => {
    const inside = await startUpstream((_, response) => response.end('secret'), '127.0.0.2');
    onTestFinished(() => inside.close());
    const registry = await startUpstream((_, response) =>
      response.writeHead(302, { Location: `${inside.url}/latest/meta-data` }).end(),
    );
    onTestFinished(() => registry.close());
    const answer = async (reached: 'all' | '127.0.0.1'): Promise<string> => {
      const allow = [registry.url, inside.url];
      const proxy = await startEdge(edge, { allow, origins: [], reached });
      onTestFinished(() => proxy.stop());
      return (await rawRequest(`${proxy.url}/proxy/${registry.url}/`)).body.toString();
    };
    expect(await answer('all')).toBe('secret');
    expect(await answer('127.0.0.1')).toBe(`The proxy cannot reach ${inside.host}.\n`);
    expect(registry.requests.length).toBe(2);
    expect(inside.requests.length).toBe(1);
  });

  it('is served under the names that it is told', async () => {
    const proxy = await startEdge(edge, {
      allow: [],
      origins: [],
      hosts: ['proxy.example', 'b.example'],
    });
    onTestFinished(() => proxy.stop());
    const statusUnder = async (host: string): Promise<number> =>
      (await rawRequest(`${proxy.url}/proxy/`, { headers: { host } })).status;
    expect(await statusUnder('b.example')).toBe(400);
    expect(await statusUnder('proxy.example:8443')).toBe(400);
    expect(await statusUnder('c.example')).toBe(403);
  });
});

describe('the limits of the edge entry', () => {
  let limited: string;
  beforeAll(async () => {
    limited = await buildEdge('test/servers/limited-edge.ts');
  });

  /** Where a proxy with these limits is asked for one server. */
  async function through(...[answer]: Parameters<typeof startUpstream>): Promise<{
    readonly url: string;
    readonly registry: Upstream;
  }> {
    const registry = await startUpstream(answer);
    onTestFinished(() => registry.close());
    const proxy = await startEdge(limited, { allow: [registry.url], origins: [] });
    onTestFinished(() => proxy.stop());
    return { url: `${proxy.url}/proxy/${registry.url}/`, registry };
  }

  it('answer 504 where nothing comes, and end an answer that stands still', async () => {
    const { url } = await through((request, response) => {
      if (request.url === '/begun') response.write('begun');
    });
    const silent = await rawRequest(url);
    expect([silent.status, silent.body.toString()]).toEqual([
      504,
      'The registry sent nothing for 0.3 s.\n',
    ]);
    const begun = await rawRequest(`${url}begun`);
    expect([begun.status, begun.complete, begun.body.toString()]).toEqual([200, false, 'begun']);
  });

  it('let an answer be slow that goes on', async () => {
    const { url } = await through((_, response) => {
      let left = 5;
      const timer = setInterval(() => {
        response.write('x');
        if (--left > 0) return;
        clearInterval(timer);
        response.end();
      }, 150);
    });
    const { complete, body } = await rawRequest(url);
    expect([complete, body.toString()]).toEqual([true, 'xxxxx']);
  });

  it('refuse what is too large, up and down, whether it says so or not', async () => {
    const large = Buffer.alloc(5000, 'x');
    const { url } = await through((request, response) => {
      request.resume().on('end', () => {
        if (request.url === '/unknown') response.write(large.subarray(0, 2500));
        response.end(request.url === '/unknown' ? large.subarray(2500) : large);
      });
    });
    const known = await rawRequest(url);
    expect([known.status, known.body.toString()]).toEqual([
      502,
      'The answer is larger than 4000 bytes.\n',
    ]);
    expect(await rawRequest(`${url}unknown`)).toMatchObject({ complete: false });
    const refused = 'The body is larger than 4000 bytes.\n';
    for (const body of [large, [large.subarray(0, 2500), large.subarray(2500)]]) {
      const answer = await rawRequest(url, { method: 'PUT', body });
      expect([answer.status, answer.body.toString()]).toEqual([413, refused]);
    }
  });

  it('answer 503 to one request too many, and take the next when one has ended', async () => {
    const { url, registry } = await through((request, response) => {
      if (request.url === '/') response.end('done');
      else {
        const timer = setInterval(() => response.write('x'), 50);
        response.on('close', () => clearInterval(timer));
      }
    });
    const held = [await openRequest(`${url}held`), await openRequest(`${url}held`)];
    const busy = await rawRequest(url);
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '1']);
    expect(registry.requests.length).toBe(2);
    held[0]?.destroy();
    await expect.poll(async () => (await rawRequest(url)).status).toBe(200);
    held[1]?.destroy();
  });
});
