import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { run } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0'] });

let app: App;
/** The tab that an image is open in, and another one. */
let page: Page;
let other: Page;

const row = (tab: Page, name: string): Locator =>
  tab.getByRole('table', { name: 'Images' }).getByRole('row', { name });
const removed = (): Locator =>
  page.getByRole('alert').filter({ hasText: 'This image was removed' });
const file = (): Locator => page.getByRole('treegrid', { name: 'Files' }).getByText('etc');

async function load(tab: Page, bytes: Uint8Array): Promise<void> {
  const archive = { name: 'x.tar', mimeType: 'application/x-tar', buffer: Buffer.from(bytes) };
  await tab.getByLabel('Open image archive').setInputFiles(archive);
}

async function removeByMouse(tab: Page): Promise<void> {
  await tab.getByRole('button', { name: 'Remove', exact: true }).click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
});
afterEach(async () => {
  await app.close();
});

describe('an image that is open', () => {
  beforeEach(async () => {
    await load(page, tarOf(docker110([API])));
    await row(page, 'acme/api').getByText('Verified').waitFor();
    other = await app.context.newPage();
    await other.goto(page.url());
    await row(other, 'acme/api').getByText('Verified').waitFor();
    await row(page, 'acme/api').getByRole('link').first().click();
    await file().waitFor();
  });

  it('and removed by a command is said to be, with a way back; it opens again once it is loaded again', async () => {
    await run(other, 'docker rmi acme/api:1.0');
    await removed().waitFor();
    expect(await page.getByText('Verified').count()).toBe(0);
    expect(await removed().getByRole('link', { name: 'Show images' }).isVisible()).toBe(true);
    await load(other, tarOf(docker110([API])));
    await file().waitFor();
    await page.getByText('Verified').waitFor();
    expect(await removed().count()).toBe(0);
    await run(other, 'docker rmi acme/api:1.0');
    await removed().getByRole('link', { name: 'Show images' }).click();
    await page.getByText('Drop an image archive here').waitFor();
  });

  it('and removed in another tab opens again where that is undone', async () => {
    await row(other, 'acme/api').getByRole('checkbox').click();
    await removeByMouse(other);
    await removed().waitFor();
    await other.getByRole('button', { name: 'Undo' }).click();
    await file().waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).waitFor();
  });

  it('and loses one of its names stays', async () => {
    await run(other, 'docker tag acme/api:1.0 acme/api:2.0');
    await run(other, 'docker rmi acme/api:1.0');
    await expect.poll(async () => (await run(page, 'docker images -q')).stdout).not.toBe('');
    expect(await file().isVisible()).toBe(true);
  });
});

it('an image that is not here opens once another tab has loaded it', async () => {
  other = await app.context.newPage();
  await other.goto(page.url());
  await page.goto(`${page.url().split('#')[0] ?? ''}#/images/${API.imageId}/files`);
  await page.getByText('This image is not here').waitFor();
  await load(other, tarOf(docker110([API])));
  await file().waitFor();
});
