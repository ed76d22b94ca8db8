import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaType } from '../../src/oci/media-types';
import { startServer } from '../../src/proxy/node-server';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { startHub, type HubServer } from '../servers/hub-server';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { whyNoPeers } from '../interop/peers';
import { openApp, type App } from '../support/app';
import { LayoutBuilder } from '../support/archive-builder';
import { run, runWithFile } from '../support/page-files';
import { noise } from '../support/streams';
import { estargzOf } from '../support/toc-builder';
import { closeServer, portOf } from '../support/upstream';

const SAMPLE = 'public/sample-image.tar';
const IMAGE = 'drydock/harbour-web:1.0.0';
const LAYER = estargzOf(
  Array.from({ length: 300 }, (_, n) => ({ path: `data/${n}`, content: noise(32_000, n + 1) })),
  { pack: (bytes) => gzipSync(bytes, { level: 1 }) },
);

/** A registry that lets no page in, reached through the proxy that the app comes with. */
describe.skipIf(whyNoPeers() !== undefined)('from the page', () => {
  let registry: RegistryServer;
  let front: FaultProxy;
  let hub: HubServer;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;

  beforeAll(async () => {
    [registry, hub] = await Promise.all([startRegistry(), startHub()]);
    front = await startFaultProxy(registry.url);
    server = await startServer({
      root: 'dist',
      host: '127.0.0.1',
      port: 0,
      allow: `${front.url},${hub.url}`,
      origins: undefined,
    });
    app = await openApp();
    await app.page.goto(`http://127.0.0.1:${portOf(server)}/#/images`);
  });
  afterAll(async () => {
    await app.close();
    await closeServer(server);
    await front.stop();
    await hub.stop();
    await registry.stop();
  });

  it('an image is pushed, looked at, and pushed again without a byte of its layers', async () => {
    const loaded = await runWithFile(app.page, 'docker load -i file.tar', SAMPLE);
    expect(loaded).toMatchObject({ exitCode: 0, stderr: '' });
    const name = `${front.host}/harbour/web:1`;
    await run(app.page, `docker tag ${IMAGE} ${name}`);
    const pushed = await run(app.page, `docker push ${name}`);
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(pushed.stdout).toMatch(/: Pushed\n1: digest: sha256:[0-9a-f]{64} size: \d+\n$/);
    const local = await run(app.page, `drydock files --format json --layer 0 ${name}`);
    const remote = await run(app.page, `drydock remote --format json --layer 0 ${name}`);
    expect(JSON.parse(remote.stdout)).toEqual(JSON.parse(local.stdout));
    const before = front.exchanges.length;
    expect((await run(app.page, `docker push ${name}`)).stdout).toContain(': Layer already exists');
    const uploads = front.exchanges.slice(before).filter(({ method }) => method === 'POST');
    expect(uploads).toEqual([]);
  });

  it('a layer is listed by its table of contents, for little of its bytes', async () => {
    const layout = new LayoutBuilder();
    const layer = layout.blob(LAYER.bytes, {
      mediaType: MediaType.ociLayerGzip,
      annotations: Object.fromEntries(LAYER.annotations),
    });
    const config = layout.blob(Buffer.from('{"os":"linux","architecture":"amd64"}'), {
      mediaType: MediaType.ociConfig,
    });
    const image = layout.manifest({ config, layers: [layer] });
    await pushLayout(registry, layout.items([image]), 'lazy:1');
    const before = front.bytesOf();
    const listed = await run(
      app.page,
      `drydock remote --format json --layer 0 ${front.host}/lazy:1`,
    );
    expect(listed).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(listed.stdout)).toHaveLength(300);
    expect(listed.stderr).toContain('read by its eStargz table of contents');
    expect(front.bytesOf() - before).toBeLessThan(LAYER.bytes.length * 0.02);
  });

  it('Hub is searched', async () => {
    const { stdout, stderr } = await run(app.page, `docker search --limit 1 ${hub.host}/nginx`);
    expect(stderr).toBe('');
    expect(stdout).toContain('Official build of Nginx.');
  });
});
