import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { buildImage, ociLayout } from '../support/archive-builder';
import { run } from '../support/page-files';
import { noise } from '../support/streams';
import { tarOf } from '../support/tar-builder';

const OFFER_MS = 10_000;
const LARGE_BYTES = 2_000_000;
const BASE = [{ path: 'etc/motd', content: 'hello\n' }];
/** Their base layer is one blob, packed: its digest is another than its diff ID. */
const LARGE = buildImage({
  tags: ['large:1', 'large:stable'],
  layers: [BASE, [{ path: 'noise', content: noise(LARGE_BYTES, 1) }]],
});
const SMALL = buildImage({ tags: ['small:1'], layers: [BASE] });
const ARCHIVE = Buffer.from(tarOf(ociLayout([LARGE, SMALL])));

let app: App;
let page: Page;
/** All that is stored: names and IDs, blobs and their bytes. */
let before: Stored;

interface Stored {
  readonly images: readonly string[];
  readonly blobs: number;
  readonly bytes: number;
}

/** Fails where a blob that an image needs is missing or damaged. */
async function stored(tab = page): Promise<Stored> {
  const list = "docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'";
  const images = (await run(tab, list)).stdout.trim().split('\n').filter(Boolean).toSorted();
  const { stdout, exitCode } = await run(tab, 'drydock verify --format json');
  if (exitCode !== 0) throw new Error(stdout);
  const { blobs, bytes } = JSON.parse(stdout) as Omit<Stored, 'images'>;
  return { images, blobs, bytes };
}

const names = async (): Promise<readonly string[]> =>
  (await stored()).images.map((line) => line.replace(/ .*/, ''));

const offer = (of: string): Locator =>
  page
    .getByRole('status')
    .locator('.toast')
    .filter({ hasText: `Removed ${of}` });

const undo = (of: string): Promise<void> => offer(of).getByRole('button', { name: 'Undo' }).click();

/** Removes a row by mouse. */
async function remove(name: string, what: 'all names' | 'this name' = 'all names'): Promise<void> {
  const table = page.getByRole('table', { name: 'Images' });
  await table.getByRole('row', { name }).first().getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('table', { name: 'What will happen' }).waitFor();
  // The question is asked of an image that has more names.
  if (what === 'all names' && name === 'large:1') await dialog.getByRole('checkbox').click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await offer(name).waitFor();
}

async function openTab(): Promise<Page> {
  const tab = await app.context.newPage();
  await tab.goto(page.url());
  await tab.getByRole('table', { name: 'Images' }).waitFor();
  return tab;
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  const file = { name: 'x.tar', mimeType: 'application/x-tar', buffer: ARCHIVE };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await expect.poll(names, { timeout: 20_000 }).toHaveLength(3);
  before = await stored();
});
afterEach(async () => {
  await app.close();
});

describe('a tab that ends within the offer to undo a removal', () => {
  /** The names are gone, and so are the bytes that the offer held. */
  async function isRemoved(tab: Page): Promise<void> {
    const after = await stored(tab);
    expect(after.images).toEqual([`small:1 ${SMALL.imageId}`]);
    // A manifest and a configuration of its own, and the layer that nothing shares.
    expect(after.blobs).toBe(before.blobs - 3);
    expect(after.bytes).toBeLessThan(before.bytes - LARGE_BYTES);
    expect((await run(tab, `docker inspect ${LARGE.imageId}`)).exitCode).toBe(1);
    expect(await tab.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  }

  it('by being closed leaves the image removed', async () => {
    await remove('large:1');
    expect((await stored()).blobs).toBe(before.blobs);
    await page.close();
    const tab = await app.context.newPage();
    await tab.goto(page.url());
    await isRemoved(tab);
  });

  it('by being killed, or loaded anew, leaves the image removed', async () => {
    await remove('large:1');
    await page.reload();
    await isRemoved(page);
    await remove('small:1');
    app = await app.killTab();
    ({ page } = app);
    expect(await stored()).toEqual({ images: [], blobs: 0, bytes: 0 });
  });

  it('with its browser leaves the image removed', async () => {
    await remove('large:1');
    app = await app.killAndRestart();
    await isRemoved(app.page);
  });
});

describe('while a removal can be undone', () => {
  it('another tab finds no image to tag or save; undone, it has the same one, whole', async () => {
    const other = await openTab();
    await remove('large:1');
    for (const line of ['tag large:1 mine:1', `tag ${LARGE.imageId} mine:1`, 'save -o x large:1']) {
      const { exitCode, stderr } = await run(other, `docker ${line}`);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/No such image|reference does not exist/);
    }
    await undo('large:1');
    await page.getByText('large:1 and 1 more are back').waitFor();
    expect(await stored(other)).toEqual(before);
  });

  it('another tab’s new image keeps a name that it takes, and the image that comes back has the other', async () => {
    const other = await openTab();
    await remove('large:1');
    expect((await run(other, 'docker tag small:1 large:1')).exitCode).toBe(0);
    await undo('large:1');
    await page
      .getByText(/^Back, but for names that other images have by now: .*large:1$/)
      .waitFor();
    expect((await stored()).images).toEqual([
      `large:1 ${SMALL.imageId}`,
      `large:stable ${LARGE.imageId}`,
      `small:1 ${SMALL.imageId}`,
    ]);
  });

  it('another tab’s load of the same image under a new name outlives the offer', async () => {
    const other = await openTab();
    await remove('large:1');
    const again = buildImage({
      tags: ['mine:1'],
      layers: [BASE, [{ path: 'noise', content: noise(LARGE_BYTES, 1) }]],
    });
    const buffer = Buffer.from(tarOf(ociLayout([again])));
    const file = { name: 'y.tar', mimeType: 'application/x-tar', buffer };
    await other.getByLabel('Open image archive').setInputFiles(file);
    await expect.poll(names, { timeout: 20_000 }).toContain('mine:1');
    await offer('large:1').waitFor({ state: 'detached', timeout: 2 * OFFER_MS });
    await page.waitForTimeout(500);
    expect(await stored()).toEqual({
      ...{ blobs: before.blobs, bytes: before.bytes },
      images: [`mine:1 ${LARGE.imageId}`, `small:1 ${SMALL.imageId}`],
    });
  });

  it('a save by a name that is left is whole, though the offer ends meanwhile', async () => {
    const line = 'docker save -o x.tar large:stable small:1';
    const save = (): Promise<string> =>
      page.evaluate(async (text) => {
        const { files, stderr } = await window.drydock.run(text);
        const bytes = await files['x.tar']?.arrayBuffer();
        if (!bytes) throw new Error(stderr);
        return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join();
      }, line);
    const expected = await save();
    await remove('large:1', 'this name');
    const saving = save();
    await offer('large:1').getByRole('button', { name: 'Close' }).click();
    expect(await saving).toBe(expected);
  });
});

describe('two removals, one after the other', () => {
  it('are undone each by its own offer, in either order', async () => {
    await remove('large:1');
    await remove('small:1');
    expect((await stored()).images).toEqual([]);
    await undo('large:1');
    await page.getByText('large:1 and 1 more are back').waitFor();
    expect(await names()).toEqual(['large:1', 'large:stable']);
    await undo('small:1');
    await page.getByText('small:1 is back').waitFor();
    expect(await stored()).toEqual(before);
  });

  it('that share a layer: the first is undone whole though the second is final', async () => {
    await remove('large:1');
    await remove('small:1');
    await offer('small:1').getByRole('button', { name: 'Close' }).click();
    await offer('small:1').waitFor({ state: 'detached' });
    await page.waitForTimeout(1000);
    await undo('large:1');
    await page.getByText('large:1 and 1 more are back').waitFor();
    const after = await stored();
    expect(after.images).toEqual([`large:1 ${LARGE.imageId}`, `large:stable ${LARGE.imageId}`]);
    // The manifest and the configuration of the other are gone.
    expect(after.blobs).toBe(before.blobs - 2);
    await page.waitForTimeout(OFFER_MS);
    expect(await stored()).toEqual(after);
  });
});
