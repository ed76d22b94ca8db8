import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { run } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'], layers: [['base.txt'], ['top.txt']] });

let app: App;
let page: Page;

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const buffer = Buffer.from(tarOf(docker110([IMAGE])));
  const file = { name: 'api.tar', mimeType: 'application/x-tar', buffer };
  await page.getByLabel('Open image archive').setInputFiles(file);
  const images = page.getByRole('table', { name: 'Images' });
  await images.getByRole('row', { name: /Verified/ }).waitFor({ timeout: 20_000 });
});

afterEach(async () => {
  await app.close();
});

async function show(view: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/images/${IMAGE.imageId}/${view}`);
}

const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

describe('the command of a view, which leads from the page to the console', () => {
  it.each([
    ['files', 'drydock files acme/api:1.0', /base\.txt[^]*top\.txt/],
    [
      'files?layer=1&show=layer',
      'drydock files --layer 1 acme/api:1.0',
      /^(?![^]*base)[^]*top\.txt/,
    ],
    ['history', 'docker history acme/api:1.0', /step 1[^]*step 0/],
    ['config', 'docker image inspect acme/api:1.0', /"acme\/api:1\.0"/],
  ])('of %s is copied, runs, and prints what is shown', async (view, command, printed) => {
    await show(view);
    const button = page.getByRole('button', { name: 'Copy as command', exact: true });
    await expect.poll(() => button.getAttribute('title')).toBe(`Copy as command: ${command}`);
    await button.click();
    await expect.poll(clipboard).toBe(command);
    const { exitCode, stdout, stderr } = await run(page, await clipboard());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(printed);
  });

  it('is copied from the palette, too', async () => {
    await show('history');
    await page.getByRole('button', { name: 'Copy as command', exact: true }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: /Copy this view as a command/ }).click();
    await expect.poll(clipboard).toBe('docker history acme/api:1.0');
  });
});
