import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { openApp } from '../support/app';
import { run } from '../support/page-files';
import { closeServer, portOf, startUpstream, type Upstream } from '../support/upstream';

const scriptOf = (page: Page): Promise<string | null> =>
  page.locator('script[type=module]').first().getAttribute('src');

/** Serves a folder of its own that has the built app in it. */
async function serveCopy(allow?: string): Promise<{ readonly root: string; readonly url: string }> {
  const root = await mkdtemp(join(tmpdir(), 'drydock-served-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp('dist', root, { recursive: true });
  const server = await startServer({
    root,
    host: '127.0.0.1',
    port: 0,
    allow,
    origins: undefined,
  });
  onTestFinished(() => closeServer(server));
  return { root, url: `http://127.0.0.1:${portOf(server)}/` };
}

/** A registry that answers nothing until it is told to, and then that it has not got it. */
async function startSlowRegistry(): Promise<Upstream & { readonly answer: () => void }> {
  const waiting: (() => void)[] = [];
  let isSlow = true;
  const upstream = await startUpstream((_request, response) => {
    const answer = (): void => void response.writeHead(404).end();
    if (isSlow) waiting.push(answer);
    else answer();
  });
  onTestFinished(() => upstream.close());
  const answer = (): void => {
    isSlow = false;
    for (const each of waiting) each();
  };
  return { ...upstream, answer };
}

/** Another build of the same sources, whose scripts have other bytes and so other names. */
function buildAnother(root: string): void {
  const env = { ...process.env, NODE_ENV: 'production' };
  const options = ['--outDir', root, '--emptyOutDir', '--minify', 'false', '--logLevel', 'error'];
  execFileSync('npx', ['vite', 'build', ...options], { env, stdio: 'inherit' });
}

/** Of a web app manifest: which files the system may open with the app, and where. */
interface Handling {
  readonly scope: string;
  readonly file_handlers: readonly {
    readonly action: string;
    readonly accept: Readonly<Record<string, readonly string[]>>;
  }[];
}

const ENDINGS = ['.tar', '.tar.gz', '.tgz', '.tar.zst', '.tzst', '.tar.xz', '.txz', '.tar.bz2'];

/** Every ending of an archive is offered, to a page that is part of the app. */
function expectToOpenArchives({ scope, file_handlers: handlers }: Handling, url: string): void {
  const accepted = handlers.flatMap(({ accept }) => Object.values(accept).flat());
  expect(accepted).toEqual(expect.arrayContaining(ENDINGS));
  const root = new URL(scope, url).href;
  expect(handlers.map(({ action }) => new URL(action, url).href.startsWith(root))).toEqual([true]);
}

it('a new version is stored, asks before it takes over, and breaks nothing off', async () => {
  const registry = await startSlowRegistry();
  const { root, url } = await serveCopy(registry.url);
  const app = await openApp({ url });
  onTestFinished(() => app.close());
  const { page } = app;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const before = await scriptOf(page);
  buildAnother(root);
  await page.reload();
  const offer = page.getByRole('status').getByText('A new version is ready.');
  const update = page.getByRole('button', { name: 'Update', exact: true });
  await offer.waitFor();
  expect(await scriptOf(page)).toBe(before);

  const pulled = run(page, `docker pull ${registry.host}/app:1`);
  await expect.poll(() => registry.requests.length).toBeGreaterThan(0);
  await update.click();
  await page.getByRole('status').getByText('Something is still running.').waitFor();
  expect(await offer.count()).toBe(0);
  registry.answer();
  expect((await pulled).exitCode).toBe(1);

  await offer.waitFor();
  const reloaded = page.waitForEvent('load');
  await update.click();
  await reloaded;
  await page.getByText('Drop an image archive here').waitFor();
  expect(await scriptOf(page)).not.toBe(before);
}, 120_000);

it('the app can be installed', async () => {
  const app = await openApp();
  onTestFinished(() => app.close());
  const { page, context } = app;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const session = await context.newCDPSession(page);
  const { errors, data, url } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest: unknown = JSON.parse(data ?? '');
  expect(manifest).toMatchObject({ id: './', start_url: './#/images', display: 'standalone' });
  expectToOpenArchives(JSON.parse(data ?? '') as Handling, url);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
  const script = await page.evaluate(
    async (source) => (await fetch(source)).text(),
    new URL('service-worker.js', url).href,
  );
  expect(script).toContain('icons/maskable-512.png');
  expect(script, 'screenshots are not fetched to work offline').not.toContain('screenshots/');
});

it('nothing of the icon is lost where a system cuts it to a circle, and it is opaque to its edges', async () => {
  const app = await openApp();
  onTestFinished(() => app.close());
  const { farthest, isOpaque, drawn } = await app.page.evaluate(
    findDrawn,
    'icons/maskable-512.png',
  );
  expect(isOpaque).toBe(true);
  expect(drawn).toBeGreaterThan(1000);
  // https://www.w3.org/TR/appmanifest/#icon-masks: a circle of 40% of the width.
  expect(farthest).toBeLessThanOrEqual(0.4 + 1 / 512);
});

interface Drawn {
  /** From the middle to what is drawn on the background, as a share of the width. */
  readonly farthest: number;
  readonly isOpaque: boolean;
  /** Pixels that are not background. */
  readonly drawn: number;
}

/** Runs in the page. The ship and its buoys are white and orange, what they lie on is dark. */
async function findDrawn(source: string): Promise<Drawn> {
  const image = new Image();
  image.src = source;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  if (!canvas) throw new Error('nothing can be drawn');
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const pixels = Array.from({ length: width * height }, (_, n) => ({
    distance: Math.hypot((n % width) + 0.5 - width / 2, Math.floor(n / width) + 0.5 - height / 2),
    isDrawn: (data[n * 4] ?? 0) > 128,
    isOpaque: data[n * 4 + 3] === 255,
  }));
  const drawn = pixels.filter(({ isDrawn }) => isDrawn);
  return {
    farthest: Math.max(...drawn.map(({ distance }) => distance)) / width,
    isOpaque: pixels.every(({ isOpaque }) => isOpaque),
    drawn: drawn.length,
  };
}
