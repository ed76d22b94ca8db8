import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { noise } from '../support/streams';
import { closeServer, portOf } from '../support/upstream';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`routes to registries cannot be tested: ${why}`);
  console.log(`e2e: routes to registries are not tested: ${why}`);
}

/** What an operator sets to let pages in, as the README says. */
const CORS = {
  'Access-Control-Allow-Origin': ['*'],
  'Access-Control-Allow-Methods': ['GET, HEAD, OPTIONS'],
  'Access-Control-Allow-Headers': ['Accept, Authorization, Range, If-Range'],
  'Access-Control-Expose-Headers': [
    'Content-Length, Content-Range, Docker-Content-Digest, Link, WWW-Authenticate',
  ],
};

/** A request as the registry's line saw it: a page's own brings an Origin, a proxy's none. */
interface Asked {
  readonly method: string;
  readonly isOfPage: boolean;
}

describe.skipIf(why !== undefined)('the way to a registry', () => {
  let registries: RegistryServer[];
  let open: FaultProxy;
  let shut: FaultProxy;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let asked: Asked[] = [];
  /** Targets of what the app's proxy was asked for. */
  let proxied: string[] = [];

  beforeAll(async () => {
    registries = await Promise.all([startRegistry({ headers: CORS }), startRegistry()]);
    const lines: FaultProxy[] = [];
    for (const registry of registries) {
      const layout = new LayoutBuilder();
      const image = buildImage({ layers: [[{ path: 'data', content: noise(300_000, 7) }]] });
      await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
      lines.push(
        await startFaultProxy(registry.url, ({ method, headers }) => {
          asked.push({ method, isOfPage: headers.origin !== undefined });
          return undefined;
        }),
      );
    }
    [open = fail(), shut = fail()] = lines;
    server = await startServer({
      ...{ root: 'dist', host: '127.0.0.1', port: 0, origins: undefined },
      allow: `${open.url},${shut.url}`,
    });
    server.on('request', ({ method = '', url = '' }) => {
      if (url.startsWith('/proxy/http') && method !== 'OPTIONS') proxied.push(url.slice(7));
    });
  });
  afterAll(async () => {
    await closeServer(server);
    for (const each of [open, shut, ...registries]) await each.stop();
  });
  beforeEach(async () => {
    app = await openApp({ url: `http://127.0.0.1:${portOf(server)}/` });
  });
  afterEach(() => app.close());

  function fail(): never {
    throw new Error('no line');
  }

  /** Pulls, and tells what the registry and the proxy saw of it. */
  async function pull({ host, url }: FaultProxy): Promise<{
    readonly asked: readonly Asked[];
    readonly proxied: readonly string[];
  }> {
    [asked, proxied] = [[], []];
    const pulled = await run(app.page, `docker pull ${host}/app:1`);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
    await run(app.page, `docker rmi ${host}/app:1`);
    return { asked, proxied: proxied.filter((target) => target.startsWith(url)) };
  }

  it('is the direct one where it lets pages in, still after a reload, for its layers too', async () => {
    for (const visit of ['first', 'reloaded']) {
      const seen = await pull(open);
      expect(seen.proxied, visit).toEqual([]);
      expect(seen.asked.length).toBeGreaterThan(3);
      expect(seen.asked.every(({ isOfPage }) => isOfPage)).toBe(true);
      await app.page.reload();
    }
  });

  it('is the proxy where it lets no page in: tried once, and remembered over a reload and a restart', async () => {
    const first = await pull(shut);
    expect(first.asked.filter(({ isOfPage }) => isOfPage).length).toBe(1);
    expect(first.proxied.length).toBeGreaterThan(3);
    await app.page.reload();
    const reloaded = await pull(shut);
    expect(reloaded.asked.filter(({ isOfPage }) => isOfPage)).toEqual([]);
    expect(reloaded.proxied.length).toBeGreaterThan(3);
    app = await app.restart();
    const restarted = await pull(shut);
    expect(restarted.asked.filter(({ isOfPage }) => isOfPage)).toEqual([]);
  });
});
