import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { MediaType } from '../../src/oci/media-types';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import type { Fault, FaultPlan } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { buildImage, digestOf, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { noise } from '../support/streams';
import { closeServer, portOf } from '../support/upstream';

const MiB = 1 << 20;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`pulls that break off cannot be tested: ${why}`);
  console.log(`e2e: pulls that break off are not tested against a real registry: ${why}`);
}

describe.skipIf(why !== undefined)(
  'a pull that breaks off, in the page and through the proxy',
  () => {
    let registry: RegistryServer;
    let line: FaultProxy;
    let server: Awaited<ReturnType<typeof startServer>>;
    let app: App;
    let imageId = '';

    beforeAll(async () => {
      registry = await startRegistry();
      const image = buildImage({
        layers: [12 * MiB, 3 * MiB, 40_000].map((size, i) => [
          { path: `data-${i}`, content: noise(size, i + 1) },
        ]),
      });
      imageId = image.imageId;
      const layout = new LayoutBuilder();
      await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
      line = await startFaultProxy(registry.url);
      server = await serve(0);
    });
    afterAll(async () => {
      await closeServer(server);
      await line.stop();
      await registry.stop();
    });
    afterEach(async () => {
      line.plan = () => undefined;
      await app.close();
    });

    const serve = (port: number): ReturnType<typeof startServer> =>
      startServer({ host: '127.0.0.1', port, allow: line.url, origins: undefined, root: 'dist' });
    const start = async (): Promise<void> => {
      app = await openApp({ url: `http://127.0.0.1:${portOf(server)}/` });
    };
    const pull = (): ReturnType<typeof run> => run(app.page, `docker pull ${line.host}/app:1`);

    /** Begins a pull and resolves once as many bytes of its layers have come. */
    const beginPull = (bytes: number): Promise<void> =>
      app.page.evaluate(
        ([command, wanted]) =>
          new Promise<void>((resolve) => {
            void window.drydock.run(command, {
              onProgress: ({ done }) => {
                if (done >= wanted) resolve();
              },
            });
          }),
        [`docker pull ${line.host}/app:1`, bytes] as const,
      );

    async function isRight(page: Page): Promise<void> {
      expect((await run(page, 'docker images --no-trunc -q')).stdout).toBe(`${imageId}\n`);
      const verified = await run(page, 'drydock verify --format json');
      expect(JSON.parse(verified.stdout)).toMatchObject({ blobs: 5, problems: [] });
    }

    /** Bytes of layers that were sent since. */
    const sentSince = (exchange: number): number =>
      line.exchanges
        .slice(exchange)
        .reduce((sum, { path, bytes }) => sum + (path.includes('/blobs/') ? bytes : 0), 0);

    const throttled: FaultPlan = ({ path }) =>
      path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: 6 * MiB } : undefined;

    it('goes on by Range where it was when its tab was killed', async () => {
      await start();
      line.plan = throttled;
      await beginPull(8 * MiB);
      app = await app.killAndRestart();
      expect((await run(app.page, 'docker images -aq')).stdout).toBe('');
      const before = line.exchanges.length;
      line.plan = () => undefined;
      expect(await pull()).toMatchObject({ exitCode: 0, stderr: '' });
      const again = line.exchanges.slice(before).filter(({ path }) => path.includes('/blobs/'));
      expect(again.some(({ range, status }) => range !== undefined && status === 206)).toBe(true);
      // Of 15 MiB 8 had come; parts grow to as much as came before them, so that half of it is stored at least.
      expect(sentSince(before)).toBeLessThan(12 * MiB);
      await isRight(app.page);
    });

    it('goes on where it was when it was cancelled, and leaves nothing to be seen', async () => {
      await start();
      line.plan = throttled;
      const cancelled = await app.page.evaluate(async (command) => {
        const controller = new AbortController();
        const { exitCode, stderr } = await window.drydock.run(command, {
          signal: controller.signal,
          onProgress: ({ done }) => {
            if (done >= 6 << 20) controller.abort();
          },
        });
        return { exitCode, stderr };
      }, `docker pull ${line.host}/app:1`);
      expect(cancelled).toEqual({ exitCode: 130, stderr: '' });
      expect((await run(app.page, 'docker images -aq')).stdout).toBe('');
      const before = line.exchanges.length;
      line.plan = () => undefined;
      expect(await pull()).toMatchObject({ exitCode: 0 });
      expect(sentSince(before)).toBeLessThan(11 * MiB);
      await isRight(app.page);
    });

    it('goes on by itself when nobody answers for a moment', async () => {
      await start();
      line.plan = throttled;
      const before = line.exchanges.length;
      await beginPull(3 * MiB);
      const port = portOf(server);
      await closeServer(server);
      await app.page.waitForTimeout(1500);
      server = await serve(port);
      const listed = async (): Promise<string> =>
        (await run(app.page, 'docker images --no-trunc -q')).stdout;
      await expect.poll(listed, { timeout: 40_000 }).toBe(`${imageId}\n`);
      const asked = line.exchanges.slice(before).filter(({ path }) => path.includes('/blobs/'));
      expect(asked.some(({ status }) => status === 206)).toBe(true);
      // What was on its way when the proxy went is all that is sent again.
      expect(sentSince(before)).toBeLessThan(18 * MiB);
      await isRight(app.page);
    });

    it('can be looked into while its largest layer is still on its way', async () => {
      await start();
      line.plan = ({ path }) =>
        path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: 1.5 * MiB } : undefined;
      const { page } = app;
      await page.goto(`http://127.0.0.1:${portOf(server)}/#/pull`);
      await page.getByRole('searchbox').fill(`${line.host}/app:1`);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
      await page.getByRole('link', { name: 'Look inside' }).click();
      await page.getByText('step 2').click();
      await page.getByRole('treegrid').getByText('data-2', { exact: true }).click();
      await page.getByText(/^0000/).first().waitFor();
      await page.getByText('Arriving', { exact: true }).waitFor();
      await page.getByRole('option', { name: /^Layer 0.* MB of 12\.\d MB here$/ }).waitFor();
      expect(await page.getByText(/^Arriving: /).count()).toBe(0);
      await page.getByRole('option', { name: /^Layer 0/ }).click();
      await page.getByText(/^Arriving: .* of 12\.\d MB here$/).waitFor();
      expect(await page.getByText('Verifying', { exact: true }).count()).toBe(0);
      expect((await run(page, 'docker images -aq')).stdout).toBe('');
      await page.getByText('Verified', { exact: true }).first().waitFor();
      expect(await page.getByText(/B here$/).count()).toBe(0);
      await isRight(page);
    });

    it('says that it downloads, what a limit leaves, and when one that is used up ends', async () => {
      await start();
      const { page } = app;
      const status = page.getByRole('contentinfo', { name: 'Status' });
      const ofManifests =
        (fault: Fault): FaultPlan =>
        (request) =>
          request.path.includes('/manifests/') ? fault : throttled(request);
      const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
      line.plan = ofManifests({ kind: 'headers', headers });
      await page.goto(`http://127.0.0.1:${portOf(server)}/#/pull`);
      await page.getByRole('searchbox').fill(`${line.host}/app:1`);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
      await status.getByText(/downloading [0-3]\/3/).waitFor();
      await status.getByText(`${line.host}: 76 of 100 pulls left`).waitFor();
      line.plan = ofManifests({ kind: 'status', status: 429, headers: { 'Retry-After': '600' } });
      await page.getByRole('searchbox').fill(`${line.host}/app:2`);
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .getByText(/The limit ends at/)
        .waitFor();
      await status.getByText(/the limit ends at \d+:\d\d:\d\d/).waitFor();
      line.plan = () => undefined;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('The registry has no such image').waitFor();
      await expect.poll(() => status.getByText(/limit ends/).count()).toBe(0);
    });

    it('prints what a registry warns of while a worker fetches its layers', async () => {
      await start();
      const headers = { warning: '299 - "old layers go in May"' };
      line.plan = ({ path }) =>
        path.includes('/blobs/') ? { kind: 'headers', headers } : undefined;
      const stderr = `WARNING: ${line.host}: old layers go in May\n`;
      expect(await pull()).toMatchObject({ exitCode: 0, stderr });
    });

    it('takes a layer that turns out late to be of several members, and does not ask for its start twice', async () => {
      await start();
      const bytes = noise(4 * MiB, 9);
      const image = buildImage({ layers: [[{ path: 'x', content: bytes }]] });
      const [tar = new Uint8Array()] = image.layers;
      const halves = [tar.subarray(0, 3 * MiB), tar.subarray(3 * MiB)];
      const packed = Uint8Array.from(Buffer.concat(halves.map((half) => gzipSync(half))));
      const layout = new LayoutBuilder();
      const layers = [layout.blob(packed, { mediaType: MediaType.ociLayerGzip })];
      const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
      const manifest = layout.manifest({ config, layers });
      await pushLayout(registry, layout.items([manifest]), 'members:1');
      const before = line.exchanges.length;
      expect(await run(app.page, `docker pull ${line.host}/members:1`)).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      const asked = line.exchanges
        .slice(before)
        .filter(({ digest }) => digest === digestOf(packed).slice('sha256:'.length));
      expect(asked.filter(({ range }) => range === undefined).length).toBe(1);
    });
  },
);
