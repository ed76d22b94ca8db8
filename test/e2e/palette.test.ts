import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0'] });
const WEB = buildImage({ tags: ['web:2'], config: { created: '2025-03-04T05:06:07Z' } });

let app: App;
let page: Page;
let field: Locator;
let options: Locator;

/** What runs when Enter is pressed. */
const chosen = (): Locator =>
  page.getByRole('listbox', { name: 'Results' }).getByRole('option', { selected: true });

async function openPalette(query: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await field.waitFor();
  await page.keyboard.type(query);
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  field = page.getByRole('combobox', { name: 'Command palette' });
  options = page.getByRole('listbox', { name: 'Results' }).getByRole('option');
  const buffer = Buffer.from(tarOf(docker110([API, WEB])));
  const file = { name: 'both.tar', mimeType: 'application/x-tar', buffer };
  await page.getByLabel('Open image archive').setInputFiles(file);
  const table = page.getByRole('table', { name: 'Images' });
  await table.getByRole('row', { name: 'web' }).getByText('Verified').waitFor();
});

afterEach(async () => {
  await app.close();
});

describe('the command palette, by keyboard alone', () => {
  it('opens an image, finds a file in it and goes there', async () => {
    await openPalette('acme api');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.includes(API.imageId));
    await openPalette('/RUN');
    await options.first().waitFor();
    expect(await chosen().innerText()).toMatch(/^\/app\/run/);
    expect(await chosen().locator('mark').allInnerTexts()).toEqual(['run']);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.endsWith('files?path=app%2Frun'));
    await page.getByRole('row', { name: /^run/, selected: true }).waitFor();
  });

  it('gives the focus back to where it was opened', async () => {
    const filter = page.getByRole('searchbox').first();
    await filter.focus();
    await openPalette('web');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(await filter.evaluate((input) => input === document.activeElement)).toBe(true);
  });

  it('shows the actions of an image on Tab, goes back on Escape, and removes by its dialog', async () => {
    await openPalette('web');
    await page.keyboard.press('Tab');
    await page.getByText('Actions on this image').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Go to', { exact: true }).waitFor();
    await page.keyboard.type('web');
    await page.keyboard.press('Tab');
    await page.keyboard.type('remove');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Remove web:2?' }).waitFor();
    expect(await field.count()).toBe(0);
  });

  it('acts on the image of the page, and checks its digests in the console', async () => {
    await openPalette('acme/api');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.includes(API.imageId));
    await openPalette('>check');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('drydock verify acme/api:1.0').waitFor();
  });

  it('finds digests, and leads to a pull of what is not here', async () => {
    await openPalette(`#${WEB.imageId.slice(7, 15)}`);
    await expect.poll(() => options.count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.includes(WEB.imageId));
    await openPalette('nginx:1.27');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.startsWith('#/pull?ref='));
  });
});
