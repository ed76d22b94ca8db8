import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { version } from '../../package.json';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { run, writeTestFile, type TestFile } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

interface Launch {
  readonly files: readonly FileSystemFileHandle[];
}

declare global {
  interface Window {
    launchForTest?: (launch: Launch) => void;
  }
}

const IMAGE = buildImage({ tags: ['acme/small:1'] });
/** Long enough on its way to be seen there. */
const LARGE = buildImage({
  tags: ['acme/large:1'],
  layers: [[{ path: 'zeros', content: new Uint8Array(400_000_000) }]],
});

const ROUTES = [
  '#/images',
  `#/images/${IMAGE.imageId}/files`,
  `#/images/${IMAGE.imageId}/history`,
  `#/images/${IMAGE.imageId}/config`,
  '#/pull',
  '#/console',
  '#/settings',
];

let large: TestFile;
let small: TestFile;
let app: App;

beforeAll(async () => {
  large = await writeTestFile('large.tar', tarOf(docker110([LARGE])));
  small = await writeTestFile('small.tar', tarOf(docker110([IMAGE])));
});

afterAll(() => Promise.all([large.remove(), small.remove()]));

beforeEach(async () => {
  app = await openApp();
});

afterEach(async () => {
  await app.close();
});

it('a load shows how far it is on every screen, and ends there when it is cancelled, with nothing changed', async () => {
  const { page } = app;
  const input = page.getByLabel('Open image archive');
  await input.setInputFiles(small.path);
  await page.getByRole('row', { name: 'acme/small' }).getByText('Verified').waitFor();
  const before = await run(page, 'docker images');
  for (const route of ROUTES) {
    await page.evaluate((hash) => (location.hash = hash), route);
    await page.getByRole('main').getByRole('heading').first().waitFor();
    await input.setInputFiles(large.path);
    const status = page.getByRole('contentinfo');
    await status.getByRole('progressbar', { name: /large\.tar/ }).waitFor();
    await status.getByRole('button', { name: /large\.tar/ }).click();
    await page.getByText('Cancelled. Nothing of large.tar was stored.').first().waitFor();
    await status.getByRole('progressbar').waitFor({ state: 'detached' });
    expect(await run(page, 'docker images'), route).toEqual(before);
  }
}, 120_000);

it('scripts read the version, and cancel by a signal with nothing changed', async () => {
  const { page } = app;
  expect(await page.evaluate(() => window.drydock.version)).toBe(version);
  await page.evaluate(() => {
    const field = document.createElement('input');
    field.type = 'file';
    field.id = 'test-file';
    document.body.append(field);
  });
  await page.setInputFiles('#test-file', large.path);
  const result = await page.evaluate(async () => {
    const file = document.querySelector<HTMLInputElement>('#test-file')?.files?.[0];
    if (!file) throw new Error('no file was given');
    await window.drydock.ready;
    const controller = new AbortController();
    const { exitCode, stdout } = await window.drydock.run('docker load -i large.tar', {
      files: { 'large.tar': file },
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 0) controller.abort();
      },
    });
    return { exitCode, stdout };
  });
  expect(result).toEqual({ exitCode: 130, stdout: '' });
  expect((await run(page, 'docker images -aq')).stdout).toBe('');
  expect(await run(page, 'drydock verify')).toMatchObject({ exitCode: 0 });
});

it('a file that the system opens with the installed app is loaded', async () => {
  const { page } = app;
  // What the system does is done by the test: it hands a real handle to whom the app has named.
  await page.addInitScript(() => {
    const setConsumer = (consumer: (launch: Launch) => void): void => {
      window.launchForTest = consumer;
    };
    Object.defineProperty(window, 'launchQueue', { value: { setConsumer } });
  });
  await page.reload();
  const bytes = Buffer.from(tarOf(docker110([IMAGE]))).toString('base64');
  await page.evaluate(async (base64) => {
    await window.drydock.ready;
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('opened.tar', { create: true });
    const writable = await handle.createWritable();
    await writable.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    await writable.close();
    window.launchForTest?.({ files: [handle] });
  }, bytes);
  await page.getByRole('row', { name: 'acme/small' }).getByText('Verified').waitFor();
});

it.each([
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
])('what is told leaves the console’s command line free, $width px wide', async (viewport) => {
  const { page } = app;
  await page.setViewportSize(viewport);
  await page.evaluate(() => (location.hash = '#/console'));
  const command = page.getByRole('textbox', { name: 'Command' });
  await command.waitFor();
  await page.getByLabel('Open image archive').setInputFiles(small.path);
  const toast = page.getByText('Loaded acme/small:1');
  await toast.waitFor();
  const told = await toast.boundingBox();
  const line = await command.boundingBox();
  expect((told?.y ?? 0) + (told?.height ?? 0)).toBeLessThan(line?.y ?? 0);
});
