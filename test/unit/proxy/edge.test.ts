import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildEdge, startEdge } from '../../servers/edge';
import { proxyContract } from '../../support/proxy-contract';
import { rawRequest } from '../../support/raw-request';
import { startUpstream } from '../../support/upstream';

let edge: string;
beforeAll(async () => {
  edge = await buildEdge();
});

proxyContract('the proxy in workerd', (setup) => startEdge(edge, setup));

describe('the edge entry', () => {
  it('has nothing of Node in it', () => {
    expect(edge).not.toMatch(/^import |\bimport\(|\brequire\(|['"]node:/m);
  });

  it('reaches no private address where the runtime’s policy is the shipped one, though it is listed', async () => {
    const registry = await startUpstream((_, response) => response.end('secret'));
    onTestFinished(() => registry.close());
    const setup = { allow: [registry.url], origins: [], publicOnly: true };
    const proxy = await startEdge(edge, setup);
    onTestFinished(() => proxy.stop());
    const { status, body } = await rawRequest(`${proxy.url}/proxy/${registry.url}/`);
    expect([status, body.toString()]).toEqual([502, `The proxy cannot reach ${registry.host}.\n`]);
    expect(registry.requests).toEqual([]);
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
