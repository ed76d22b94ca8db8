import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { manifest } from '../../src/pwa/manifest';
import { startServer } from '../../src/proxy/node-server';
import { BROWSER_ARGS, provideBrowser } from './browser.mjs';
import { closeServer, portOf } from './upstream';

/**
 * `npm run pictures`: README's picture and the manifest's screenshots, taken from the built app with the sample image in it, and the
 * icons, drawn from the logo.
 */

const LOGO = 'public/logo.svg';
/** The sample image was built some weeks before, whenever this runs. */
const NOW = Date.UTC(2026, 10, 24);
/** Of the width of an icon. Systems that cut icons to a shape take the one without. */
const CORNER = 0.22;

const ICONS = [
  { path: 'public/icons/icon-192.png', size: 192, corner: CORNER },
  { path: 'public/icons/icon-512.png', size: 512, corner: CORNER },
  { path: 'public/icons/maskable-512.png', size: 512, corner: 0 },
  { path: 'public/icons/apple-touch-icon.png', size: 180, corner: 0 },
];

async function drawIcons(page: Page): Promise<void> {
  const logo = await readFile(LOGO, 'utf8');
  for (const { path, size, corner } of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    const style = `display: block; width: ${size}px; border-radius: ${size * corner}px`;
    await page.setContent(
      `<style>body { margin: 0 } svg { ${style} }</style>${logo.replace(/<!--.*?-->/s, '')}`,
    );
    await page.screenshot({ path, omitBackground: corner > 0 });
  }
}

/** The files of the sample image, one of them chosen, in a profile that has nothing else. */
async function openSample(page: Page, url: string): Promise<void> {
  await page.clock.setFixedTime(NOW);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(url);
  await page.getByRole('button', { name: 'Try the sample image' }).click();
  const row = page.getByRole('table', { name: 'Images' }).getByRole('row', { name: 'drydock/' });
  await row.getByText('Verified').waitFor();
  await page.getByText('Works offline').waitFor();
  await row.getByRole('link').first().click();
  await page.getByRole('treegrid').getByText('app', { exact: true }).waitFor();
}

/** Waits until nothing moves: short lines have gone, what is shown has been read. */
async function settle(page: Page): Promise<void> {
  await page.getByText(/^Loaded /).waitFor({ state: 'detached' });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500);
}

async function takeScreenshots(page: Page, url: string): Promise<void> {
  await openSample(page, url);
  const image = page.url().replace(/\?.*$/, '');
  const file = `${image}?path=${encodeURIComponent('app/start.sh')}`;
  await page.goto(file);
  await page.getByText('exec node').waitFor();
  await settle(page);
  await page.screenshot({ path: '.github/explorer.png' });
  await mkdir('public/screenshots', { recursive: true });
  for (const { src, sizes, form_factor: form } of manifest.screenshots) {
    const [width = 0, height = 0] = sizes.split('x').map(Number);
    await page.setViewportSize({ width, height });
    await page.goto(form === 'wide' ? file : image);
    await page.getByRole('treegrid').getByText('app', { exact: true }).waitFor();
    await settle(page);
    await page.screenshot({ path: `public/${src}` });
  }
}

async function openBrowser(profile: string): Promise<BrowserContext> {
  const executablePath = provideBrowser();
  return chromium.launchPersistentContext(profile, { executablePath, args: BROWSER_ARGS });
}

const folder = await mkdtemp(join(tmpdir(), 'drydock-pictures-'));
const root = join(folder, 'dist');
execFileSync('npx', ['vite', 'build', '--outDir', root, '--logLevel', 'error'], {
  stdio: 'inherit',
});
const server = await startServer({
  ...{ root, host: '127.0.0.1', port: 0, allow: undefined, origins: undefined },
});
const context = await openBrowser(join(folder, 'profile'));
try {
  const page = context.pages()[0] ?? (await context.newPage());
  await drawIcons(page);
  await takeScreenshots(page, `http://127.0.0.1:${portOf(server)}/#/images`);
} finally {
  await context.close();
  await closeServer(server);
  await rm(folder, { recursive: true, force: true });
}
