import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { tarOf } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const ARCHIVE = Buffer.from(tarOf(docker110([IMAGE])));

const ROUTES = [
  '#/images',
  `#/images/${IMAGE.imageId}/files`,
  `#/images/${IMAGE.imageId}/history`,
  `#/images/${IMAGE.imageId}/config`,
  '#/pull',
  '#/pull/inspect/files?ref=127.0.0.1%3A1%2Fno%2Fimage%3A1',
  '#/console',
  '#/settings',
  '#/nowhere',
];

async function go(page: Page, route: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), route);
  await page.getByRole('main').getByRole('heading').first().waitFor();
}

/** How many elements of a page have each of the names that scripts go by. */
async function names(page: Page): Promise<Readonly<Record<string, number>>> {
  return {
    inputs: await page.locator('input[type=file]').count(),
    named: await page.locator('input[type=file][aria-label="Open image archive"]').count(),
    tables: await page.getByRole('table', { name: 'Images', exact: true }).count(),
    commands: await page.getByRole('textbox', { name: 'Command', exact: true }).count(),
    logs: await page.getByRole('log').count(),
  };
}

const NOTHING = { inputs: 1, named: 1, tables: 0, commands: 0, logs: 0 };
const TABLE = { ...NOTHING, tables: 1 };
const CONSOLE = { ...NOTHING, commands: 1, logs: 1 };

describe.each([
  ['English', 'en'],
  ['简体中文', 'zh-CN'],
])('in %s the names that scripts go by are there', (language, lang) => {
  let app: App;

  beforeAll(async () => {
    app = await openApp({ route: '#/settings' });
    const { page } = app;
    await page.getByText(language, { exact: true }).click();
    await page.locator(`html[lang=${lang}]`).waitFor();
  });
  afterAll(() => app.close());

  async function load(name: string, buffer: Buffer): Promise<void> {
    const file = { name, mimeType: 'application/x-tar', buffer };
    await app.page.locator('input[type=file]').setInputFiles(file);
  }

  it('where nothing is stored', async () => {
    await go(app.page, '#/images');
    expect(await names(app.page)).toEqual(NOTHING);
  });

  it('in an archive that is looked into', async () => {
    const { page } = app;
    const damaged = Buffer.from(ARCHIVE);
    damaged.writeUInt8(0x58, damaged.indexOf('#!/bin/sh'));
    await load('damaged.tar', damaged);
    const card = page.getByRole('alertdialog');
    await card.waitFor();
    expect(await names(page)).toMatchObject({ inputs: 1, named: 1 });
    await card.getByRole('button', { name: /^(Look inside|查看内部)$/ }).click();
    await page.getByRole('treegrid').waitFor();
    expect(await names(page)).toEqual(NOTHING);
    await page.reload();
  });

  it('on every route', async () => {
    const { page } = app;
    await go(page, '#/images');
    await load('api.tar', ARCHIVE);
    await page.getByRole('row', { name: 'acme/api' }).getByRole('link').first().waitFor();
    const found: Record<string, unknown> = {};
    for (const route of ROUTES) {
      await go(page, route);
      const isConsole = route === '#/console';
      if (isConsole) await page.getByRole('textbox', { name: 'Command' }).waitFor();
      found[route] = await names(page);
    }
    const expected = ROUTES.map((route) => {
      if (route === '#/images') return [route, TABLE];
      return [route, route === '#/console' ? CONSOLE : NOTHING];
    });
    expect(found).toEqual(Object.fromEntries(expected));
  });
});
