import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import type { Digest } from '../../src/oci/digest';
import { MediaType } from '../../src/oci/media-types';
import { startServer } from '../../src/proxy/node-server';
import { whyNoPeers } from '../interop/peers';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import {
  buildImage,
  gzip,
  jsonBytes,
  LayoutBuilder,
  type BlobDescriptor,
} from '../support/archive-builder';
import { noise } from '../support/streams';
import { zstdChunkedOf } from '../support/toc-builder';
import { closeServer, portOf } from '../support/upstream';

const LARGE = 9_000_000;

describe.skipIf(whyNoPeers() !== undefined)('layers that are not pulled, in the page', () => {
  let registry: RegistryServer;
  let front: FaultProxy;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let page: Page;
  let chunked: BlobDescriptor;
  let foreign: BlobDescriptor;

  beforeAll(async () => {
    registry = await startRegistry();
    front = await startFaultProxy(registry.url, () => undefined);
    chunked = await pushChunked();
    foreign = await pushForeign();
    await pushSigned();
    server = await startServer({
      ...{ root: 'dist', host: '127.0.0.1', port: 0, origins: undefined },
      allow: front.url,
    });
  });
  afterAll(async () => {
    await closeServer(server);
    await front.stop();
    await registry.stop();
  });
  afterEach(async () => {
    front.plan = () => undefined;
    await app.close();
  });

  /** A zstd:chunked layer: many files, and a large one that is a single chunk. */
  async function pushChunked(): Promise<BlobDescriptor> {
    const files = Array.from({ length: 40 }, (_, n) => ({
      path: `data/${n}`,
      content: noise(32_000, n + 1),
    }));
    const large = { path: 'large', content: noise(LARGE, 99) };
    const draft = zstdChunkedOf([...files, { path: 'motd', content: 'ahoy\n' }, large], {
      chunkSize: 2 * LARGE,
    });
    const layout = new LayoutBuilder();
    const layer = layout.blob(draft.bytes, {
      mediaType: MediaType.ociLayerZstd,
      annotations: Object.fromEntries(draft.annotations),
    });
    const config = layout.blob(jsonBytes({ os: 'linux', architecture: 'amd64' }), {
      mediaType: MediaType.ociConfig,
    });
    const manifest = layout.manifest({ config, layers: [layer] });
    await pushLayout(registry, layout.items([manifest]), 'chunked:1');
    return layer;
  }

  /** A layer of the vendor's under one of the image's own. */
  async function pushForeign(): Promise<BlobDescriptor> {
    const image = buildImage({
      layers: [[{ path: 'vendor', content: noise(400_000, 3) }], [{ path: 'own' }]],
    });
    const layout = new LayoutBuilder();
    const [theirs, own] = image.layers.map((layer, n) =>
      layout.blob(gzip(layer), {
        mediaType:
          n === 0
            ? 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'
            : MediaType.ociLayerGzip,
      }),
    );
    if (!theirs || !own) throw new Error('no layers');
    const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
    const manifest = layout.manifest({ config, layers: [theirs, own] });
    await pushLayout(registry, layout.items([manifest]), 'foreign:1');
    return theirs;
  }

  /** An image with cosign's signature under its tag. */
  async function pushSigned(): Promise<void> {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage({ layers: [[{ path: 'etc/motd', content: 'ahoy\n' }]] }));
    await pushLayout(registry, layout.items([image]), 'signed:1');
    const signature = new LayoutBuilder();
    const config = signature.blob(jsonBytes({ os: '', architecture: '', rootfs: {} }), {
      mediaType: MediaType.ociConfig,
    });
    const payload = signature.blob(jsonBytes({ critical: { type: 'cosign signature' } }), {
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    });
    const manifest = signature.manifest({ config, layers: [payload] });
    const tag = `${image.digest.replace(':', '-')}.sig`;
    await pushLayout(registry, signature.items([manifest]), `signed:${tag}`);
  }

  async function open(name: string, tab = 'files'): Promise<void> {
    const ref = encodeURIComponent(`${front.host}/${name}`);
    app = await openApp({
      route: `#/pull/inspect/${tab}?ref=${ref}`,
      url: `http://127.0.0.1:${portOf(server)}/`,
    });
    page = app.page;
  }
  const tree = () => page.getByRole('treegrid');
  const preview = () => page.getByRole('region', { name: 'Preview' });
  const read = () => page.getByRole('button', { name: /^Read the layer/ });
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.getAttribute('role') ?? 'body');
  const isBlob = (path: string, digest: Digest): boolean => path.endsWith(`/blobs/${digest}`);

  it('of zstd:chunked are read by their table, once; a large file is asked about before', async () => {
    await open('chunked:1');
    await read().click();
    const note = page.getByText('Read by its table of contents (zstd:chunked)');
    await note.waitFor();
    const told = await note.innerText();
    const tables = front.bytesOf(chunked.digest.slice('sha256:'.length));
    await tree().getByText('motd', { exact: true }).click();
    await preview().getByText('ahoy').waitFor();
    await tree().getByText('large', { exact: true }).click();
    const fetch = preview().getByRole('button', { name: /^Fetch 9/ });
    await fetch.waitFor();
    const before = front.bytesOf(chunked.digest.slice('sha256:'.length));
    expect(before - tables).toBeLessThan(tables);
    expect(await note.innerText()).not.toBe(told);
    await fetch.click();
    await preview().getByText('First', { exact: false }).waitFor();
    expect(front.bytesOf(chunked.digest.slice('sha256:'.length)) - before).toBeGreaterThan(LARGE);
  });

  it('of a vendor are said to be its own, and which is missing', async () => {
    front.plan = ({ path }) =>
      isBlob(path, foreign.digest)
        ? { kind: 'status', status: 404, body: '{"errors":[{"code":"BLOB_UNKNOWN"}]}' }
        : undefined;
    await open('foreign:1');
    await page.getByText('Its vendor alone distributes it').waitFor();
    await read().click();
    const alert = page.getByRole('alert');
    await alert.getByText('Layer 0 is not in the registry').waitFor();
    await alert.getByText(foreign.digest.slice('sha256:'.length, 19), { exact: false }).waitFor();
  });

  it('can be given up on their way, and the keyboard goes on where it was', async () => {
    front.plan = ({ path }) =>
      isBlob(path, foreign.digest) ? { kind: 'throttle', bytesPerSecond: 20_000 } : undefined;
    await open('foreign:1');
    await read().focus();
    await page.keyboard.press('Enter');
    // What is under way is shown a moment after the press.
    await page.getByRole('group').getByRole('button', { name: 'Cancel' }).waitFor();
    await expect.poll(focused).toBe('group');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await read().waitFor();
    await expect.poll(focused).toBe('group');
    front.plan = () => undefined;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tree().getByText('vendor', { exact: true }).waitFor();
    await expect.poll(focused).toBe('treegrid');
  });

  it('that are stored are used, and the page says where', async () => {
    await open('signed:1');
    await page.getByRole('button', { name: /^Pull/ }).click();
    await page.getByRole('heading', { name: /^Pulled/ }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await page.goBack();
    await page.getByText('It is stored: nothing was fetched.').waitFor();
    await tree().getByText('etc', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Open the stored image' }).click();
    await page.getByText('Verified').waitFor();
  });

  it('have signatures under cosign’s tags, which can be opened', async () => {
    await open('signed:1', 'referrers');
    const list = page.getByRole('table', { name: 'Referrers' });
    await list.getByText('Signature', { exact: true }).click();
    const names = page.getByRole('table', { name: 'What it names' });
    await names.getByRole('link', { name: /simplesigning/ }).click();
    await page.getByText('cosign signature').waitFor();
    await page.getByRole('link', { name: 'Manifest' }).last().click();
    await page.getByText('schemaVersion').waitFor();
    await page.getByRole('link', { name: 'Referrers' }).last().click();
    await list.waitFor();
  });
});
