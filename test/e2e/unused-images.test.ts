import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0'] });
const LEFT = buildImage({
  layers: [[{ path: 'left', content: 'x'.repeat(5000) }]],
  config: { created: '2025-03-04T05:06:07Z' },
});
const shortId = LEFT.imageId.slice(7, 19);

let app: App;
let page: Page;
let dialog: Locator;

const rows = (): Locator =>
  page.getByRole('table', { name: 'Images' }).getByRole('row', { name: /Verified/ });

/** Stored images, by ID and name. */
const stored = (): Promise<string> =>
  page.evaluate(async () => {
    const line = "docker images --no-trunc --format '{{.ID}} {{.Repository}}'";
    return (await window.drydock.run(line)).stdout;
  });

const run = (line: string): Promise<string> =>
  page.evaluate(async (text) => (await window.drydock.run(text)).stdout, line);

async function fromMeter(): Promise<void> {
  await page.getByRole('button', { name: 'Storage', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Remove unused images…' }).click();
  await dialog.waitFor();
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  dialog = page.getByRole('dialog');
  const buffer = Buffer.from(tarOf(docker110([API, LEFT])));
  const file = { name: 'both.tar', mimeType: 'application/x-tar', buffer };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await expect.poll(() => rows().count(), { timeout: 20_000 }).toBe(2);
});

afterEach(async () => {
  await app.close();
});

describe('unused images, by mouse', () => {
  it('are those without a name: they are listed, removed, and come back', async () => {
    await fromMeter();
    const plan = dialog.getByRole('table', { name: 'What will happen' });
    await plan.getByRole('row', { name: new RegExp(`^delete.*${shortId}`) }).waitFor();
    expect(await plan.getByRole('row').count()).toBe(1);
    await dialog.getByText('docker image prune -f', { exact: true }).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(stored, { timeout: 20_000 }).toBe(`${API.imageId} acme/api\n`);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('status').getByText('1 image is back').waitFor();
    const after = await stored();
    // What the dialog did is what its command does.
    expect(after).toContain(LEFT.imageId);
    expect(await run('docker image prune -f')).toContain(`deleted: ${LEFT.imageId}`);
    expect(await stored()).toBe(`${API.imageId} acme/api\n`);
  });

  it('are all of them where that is chosen, as no container uses any', async () => {
    await fromMeter();
    await dialog.getByRole('checkbox', { name: /^All images/ }).click();
    await dialog.getByRole('row', { name: /^untag.*acme\/api:1.0/ }).waitFor();
    await dialog.getByText('docker image prune -f -a').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(stored, { timeout: 20_000 }).toBe('');
    const offer = page.getByRole('status').filter({ hasText: 'Removed 2 images' });
    await offer.getByRole('button', { name: 'Close' }).last().click();
    const blobs = async (): Promise<string> => run('drydock verify --format json');
    await expect.poll(blobs, { timeout: 20_000 }).toContain('"blobs":0');
  });

  it('are asked for in the palette and in the settings, and told where there are none', async () => {
    await run('docker image prune -f');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command palette' }).waitFor();
    await page.keyboard.type('unused');
    await page.keyboard.press('Enter');
    await dialog.getByText('There are none: every image has a name').waitFor();
    expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('button', { name: 'Remove unused images…' }).click();
    await dialog.getByText('docker image prune -f', { exact: true }).waitFor();
  });
});

/** What an app of a later version does in another tab: this one may read the store no more. */
const openByLaterVersion = (): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('drydock', 1_000_000);
        opening.onerror = () => reject(new Error('the store does not open'));
        opening.onsuccess = () => resolve();
      }),
  );

describe('a question that cannot be worked out, as the store was closed for another tab,', () => {
  const told = (): Promise<void> =>
    dialog.getByRole('alert').getByText('Another tab runs a newer version').waitFor();

  it('of the images that nothing uses says so', async () => {
    await openByLaterVersion();
    await fromMeter();
    await told();
    expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
  });

  it('of one image says so', async () => {
    await openByLaterVersion();
    await rows().first().getByRole('button', { name: 'Actions for acme/api:1.0' }).click();
    await page.getByRole('menuitem', { name: /^Remove/ }).click();
    await told();
    expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
  });
});
