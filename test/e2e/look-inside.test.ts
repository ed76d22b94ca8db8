import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { tarOf, type TarItem } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const ITEMS = docker110([IMAGE]);

const layerPaths = ITEMS.map(({ path }) => String(path)).filter((path) =>
  path.endsWith('layer.tar'),
);

/** The archive up to the middle of its last layer; its manifest is put first, so that it is known what is missing. */
function truncated(): Buffer {
  const isManifest = ({ path }: TarItem): boolean => /\.json$/.test(String(path));
  const manifestFirst = [...ITEMS.filter(isManifest), ...ITEMS.filter((item) => !isManifest(item))];
  const bytes = Buffer.from(tarOf(manifestFirst));
  return bytes.subarray(0, bytes.indexOf('#!/bin/sh'));
}

function withoutLastLayer(): Buffer {
  return Buffer.from(tarOf(ITEMS.filter(({ path }) => path !== layerPaths.at(-1))));
}

/** Its configuration is whole, and names another content for the last layer. */
const OTHER = buildImage({
  tags: ['acme/api:1.0'],
  config: {
    rootfs: {
      type: 'layers',
      diff_ids: [...IMAGE.diffIds.slice(0, 1), `sha256:${'0'.repeat(64)}`],
    },
  },
});

function wrongDiffId(): Buffer {
  return Buffer.from(tarOf(docker110([OTHER])));
}

let app: App;

beforeEach(async () => {
  app = await openApp();
});

afterEach(() => app.close());

/** What is stored, and whether the store is consistent. */
async function stored(page: Page): Promise<unknown> {
  const { stdout } = await run(page, 'docker images -aq');
  const { exitCode } = await run(page, 'drydock verify');
  return { stdout, exitCode };
}

async function expectGoneAfterReload(page: Page): Promise<void> {
  await page.reload();
  await page.getByRole('main').getByRole('heading').first().waitFor();
  expect(await page.getByRole('treegrid').count()).toBe(0);
  await page.getByRole('link', { name: 'Images' }).first().click();
  await page.getByText('Drop an image archive here').waitFor();
}

const NOTHING = { stdout: '', exitCode: 0 };

it.each([
  ['cut off in a layer', truncated(), IMAGE.imageId],
  ['without a layer', withoutLastLayer(), IMAGE.imageId],
  ['with a wrong diff ID', wrongDiffId(), OTHER.imageId],
] as const)(
  'an archive %s is looked into for this session, and is never stored',
  async (_, buffer, imageId) => {
    const { page } = app;
    const file = { name: 'harmed.tar', mimeType: 'application/x-tar', buffer };
    await page.getByLabel('Open image archive').setInputFiles(file);
    const card = page.getByRole('alertdialog');
    await card.getByText('harmed.tar').first().waitFor();
    expect(await stored(page)).toEqual(NOTHING);
    await card.getByRole('button', { name: 'Look inside' }).click();
    await page.getByRole('main').getByText('Corrupt').first().waitFor();
    expect(new URL(page.url()).hash).toContain(imageId);
    await page.getByRole('treegrid').getByText('etc', { exact: true }).waitFor();
    expect(await stored(page)).toEqual(NOTHING);
    await expectGoneAfterReload(page);
  },
);

it('a damaged archive that is looked into leaves the stored image of that name as it is', async () => {
  const { page } = app;
  const open = (name: string, buffer: Buffer): Promise<void> =>
    page
      .getByLabel('Open image archive')
      .setInputFiles({ name, mimeType: 'application/x-tar', buffer });
  const table = page.getByRole('table', { name: 'Images' });
  await open('sound.tar', Buffer.from(tarOf(ITEMS)));
  await table.getByText('Verified').waitFor();
  await open('harmed.tar', truncated());
  await page.getByRole('alertdialog').getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole('main').getByText('Corrupt').first().waitFor();
  await page.getByRole('treegrid').getByText('etc', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0);
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('main').getByText('Corrupt').first().waitFor();
  await page.getByRole('link', { name: 'Images' }).first().click();
  await table.getByText('Corrupt').waitFor();
  await table.getByText('Verified').waitFor();
  const row = table.getByRole('row').filter({ hasText: 'Verified' });
  await row.getByRole('link').first().click();
  await page.getByRole('main').getByText('Verified', { exact: true }).first().waitFor();
  expect(await page.getByRole('main').getByText('Corrupt').count()).toBe(0);
});

it('a single layer is opened for this session, and is never stored', async () => {
  const { page } = app;
  const layer = tarOf([{ path: 'opt/tool/run', content: 'run\n' }, { path: 'opt/.wh.old' }]);
  const file = { name: 'layer.tar', mimeType: 'application/x-tar', buffer: Buffer.from(layer) };
  await page.getByLabel('Open image archive').setInputFiles(file);
  const card = page.getByRole('alertdialog');
  await card.getByRole('button', { name: 'Open as one layer' }).click();
  await page.getByRole('treegrid').getByText('opt', { exact: true }).waitFor();
  expect(await stored(page)).toEqual(NOTHING);
  await expectGoneAfterReload(page);
});
