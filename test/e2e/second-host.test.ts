import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startBlobHost, type BlobHost } from '../servers/blob-host';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { noise } from '../support/streams';
import { closeServer, portOf } from '../support/upstream';

const MiB = 1 << 20;
const CUT = 4 * MiB;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`redirects to a second host cannot be tested: ${why}`);
  console.log(`e2e: redirects to a second host are not tested: ${why}`);
}

describe.skipIf(why !== undefined)('a registry whose blobs are on a second host', () => {
  let blobs: BlobHost;
  /** The way to the registry, and the one to its blobs. */
  let front: FaultProxy;
  let back: FaultProxy;
  let registry: RegistryServer;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let imageId = '';

  beforeAll(async () => {
    blobs = await startBlobHost();
    back = await startFaultProxy(blobs.url);
    registry = await startRegistry({
      auth: 'htpasswd',
      blobs: { folder: blobs.folder, url: back.url },
    });
    front = await startFaultProxy(registry.url);
    const image = buildImage({
      layers: [9 * MiB, 50_000].map((size, i) => [
        { path: `data-${i}`, content: noise(size, i + 1) },
      ]),
    });
    imageId = image.imageId;
    const layout = new LayoutBuilder();
    const items = layout.items([layout.image(image)]);
    await pushLayout(registry, items, 'team/app:1', { user: HTPASSWD_USER });
    server = await startServer({
      ...{ root: 'dist', host: '127.0.0.1', port: 0, origins: undefined },
      allow: `${front.url},${back.url}`,
    });
    app = await openApp({ url: `http://127.0.0.1:${portOf(server)}/` });
  });
  afterAll(async () => {
    await app.close();
    await closeServer(server);
    for (const each of [front, registry, back, blobs]) await each.stop();
  });

  it('is pulled from with a login that the second host never sees, and gone on with by Range where the line to that is cut', async () => {
    const { page } = app;
    back.plan = ({ earlier, path }) =>
      // The large one alone is long enough to be cut there.
      path.includes('/data') && earlier === 0 ? { kind: 'cut', after: CUT } : undefined;
    const { name, password } = HTPASSWD_USER;
    const loggedIn = await run(page, `docker login -u ${name} -p '${password}' ${front.host}`);
    expect(loggedIn.stdout).toBe('Login Succeeded\n');
    const before = { front: front.exchanges.length, back: back.exchanges.length };
    const pulled = await run(page, `docker pull ${front.host}/team/app:1`);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run(page, 'docker images --no-trunc -q')).stdout).toBe(`${imageId}\n`);
    expect((await run(page, 'drydock verify')).exitCode).toBe(0);

    const asked = front.exchanges
      .slice(before.front)
      .filter(({ path }) => path.includes('/blobs/'));
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.every(({ authorization }) => authorization?.startsWith('Basic '))).toBe(true);
    expect(asked.every(({ status }) => status === 307)).toBe(true);

    const fetched = back.exchanges.slice(before.back);
    expect(fetched.map(({ authorization }) => authorization)).toEqual(fetched.map(() => undefined));
    expect(blobs.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(blobs.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
    const cut = fetched.find(({ fault, bytes }) => fault?.kind === 'cut' && bytes === CUT);
    const again = fetched.filter(({ path, range }) => path === cut?.path && range !== undefined);
    expect(again).toEqual([expect.objectContaining({ status: 206 })]);
    // What had come by then was not fetched again, but for what was on its way between proxy and page.
    const from = Number(/^bytes=(\d+)-/.exec(again[0]?.range ?? '')?.[1]);
    expect(from).toBeGreaterThan(CUT / 2);
    expect(from).toBeLessThanOrEqual(CUT);
    expect(back.fetchedAgain()).toEqual([]);
  });
});
