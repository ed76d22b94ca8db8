import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { tarOf } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const SHORT_ID = IMAGE.imageId.slice(7, 19);

interface NamedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

function archive(name = 'api.tar'): NamedFile {
  return { name, mimeType: 'application/x-tar', buffer: Buffer.from(tarOf(docker110([IMAGE]))) };
}

/** The archive with one byte of its last layer changed. */
function damaged(): NamedFile {
  const file = archive('damaged.tar');
  file.buffer.writeUInt8(0x58, file.buffer.indexOf('#!/bin/sh'));
  return file;
}

const openFile = (page: Page, file: NamedFile): Promise<void> =>
  page.getByLabel('Open image archive').setInputFiles(file);

const imageRow = (page: Page, name: string): Locator =>
  page.getByRole('table', { name: 'Images' }).getByRole('row', { name });

async function goTo(page: Page, route: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, route);
}

/** Loads the image and waits until it is stored. */
async function loadImage(page: Page): Promise<void> {
  await openFile(page, archive());
  await imageRow(page, 'acme/api').getByText('Verified').waitFor();
}

let app: App;

beforeEach(async () => {
  app = await openApp();
});

afterEach(async () => {
  await app.close();
});

describe('an image archive', () => {
  it('that is chosen becomes a verified row, and is there after a restart', async () => {
    await app.page.getByText('Drop an image archive here').waitFor();
    await loadImage(app.page);
    app = await app.restart();
    const row = imageRow(app.page, 'acme/api');
    await row.getByText('Verified').waitFor();
    expect(await row.innerText()).toContain(SHORT_ID);
  });

  it('can be dropped anywhere', async () => {
    await goTo(app.page, '#/settings');
    await app.page.getByRole('heading', { name: 'Settings' }).waitFor();
    await app.page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'dropped.tar'));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
      }
    }, archive().buffer.toString('base64'));
    await app.page.getByRole('status').getByText('Loaded acme/api:1.0').waitFor();
  });

  it('of the product’s own is there to try', async () => {
    await app.page.getByRole('button', { name: 'Try the sample image' }).click();
    await app.page.getByRole('table', { name: 'Images' }).getByText('Verified').first().waitFor();
  });

  it('that is in a registry is found by the page that pulls', async () => {
    await app.page.getByRole('link', { name: 'Pull from a registry' }).click();
    await app.page.getByRole('searchbox').first().waitFor();
    expect(new URL(app.page.url()).hash).toBe('#/pull');
  });

  it('that is damaged is refused by a card that says where, and can be looked into', async () => {
    await openFile(app.page, damaged());
    const card = app.page.getByRole('alertdialog');
    await card.getByText('is not what its digest says').waitFor();
    const path = docker110([IMAGE]).findLast((item) =>
      /\/layer\.tar$/.test(String(item.path)),
    )?.path;
    const place = `layer 1 (${String(path).slice(0, 12)}…/layer.tar) in damaged.tar`;
    const offset = damaged().buffer.indexOf(String(path)) + 512;
    expect(await card.innerText()).toContain(`${place} (offset ${offset}) is damaged`);
    const listed = await app.page.evaluate(() => window.drydock.run('docker images -q'));
    expect(listed).toMatchObject({ exitCode: 0, stdout: '' });
    await card.getByRole('button', { name: 'Look inside' }).click();
    await app.page.getByRole('main').getByText('Corrupt').first().waitFor();
    expect(new URL(app.page.url()).hash).toContain(IMAGE.imageId);
  });

  it('that is a root filesystem is told apart, and can be opened as one layer', async () => {
    const entries = ['bin/', 'etc/', 'usr/', 'var/', 'proc/', 'sys/', 'dev/', '.dockerenv'];
    const buffer = Buffer.from(tarOf([...entries, { path: 'etc/hostname', content: 'box\n' }]));
    await openFile(app.page, { name: 'box.tar', mimeType: 'application/x-tar', buffer });
    const card = app.page.getByRole('alertdialog', { name: /root filesystem/ });
    await card.getByRole('button', { name: 'Open as one layer' }).click();
    await app.page.getByRole('main').getByText('etc', { exact: true }).waitFor();
    await app.page.getByRole('link', { name: 'Images' }).first().click();
    await imageRow(app.page, 'box.tar').getByText('In this tab only').waitFor();
  });

  it('that is a folder is told to be one, and how to make an archive of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layout-'));
    await app.page.getByText('Drop an image archive here').waitFor();
    const session = await app.context.newCDPSession(app.page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      const data = { items: [], files: [folder], dragOperationsMask: 1 };
      await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
    }
    const card = app.page.getByRole('alertdialog', { name: 'This is a folder' });
    await card.getByText('tar -cf image.tar -C FOLDER .').waitFor();
    expect(await card.innerText()).toContain(basename(folder));
    await rm(folder, { recursive: true });
  });

  it('that is none is refused by name', async () => {
    const buffer = Buffer.from('\x89PNG\r\n\x1a\n'.padEnd(2000, '\0'), 'latin1');
    await openFile(app.page, { name: 'ship.tar', mimeType: 'application/x-tar', buffer });
    const card = app.page.getByRole('alertdialog', { name: 'This is not an image archive' });
    await card.waitFor();
    expect(await card.innerText()).toContain('ship.tar is');
    await app.page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await app.page.getByText('Drop an image archive here').waitFor();
  });
});

describe('the frame', () => {
  it('is worked by keyboard: the palette goes where its words say', async () => {
    const palette = app.page.getByRole('combobox', { name: 'Command palette' });
    await app.page.getByText('Drop an image archive here').waitFor();
    await app.page.keyboard.press('Control+k');
    await palette.fill('go console');
    await app.page.keyboard.press('Enter');
    await app.page.getByRole('textbox', { name: 'Command' }).waitFor();
    await app.page.keyboard.press('Control+k');
    await palette.fill('theme dark');
    await app.page.keyboard.press('Enter');
    await app.page.locator('html[data-theme=dark]').waitFor();
    app = await app.restart();
    await app.page.locator('html[data-theme=dark]').waitFor();
  });

  it('speaks Chinese when it is told to, and keeps the names that scripts use', async () => {
    await goTo(app.page, '#/settings');
    await app.page.getByText('简体中文').click();
    await app.page.getByRole('heading', { name: '设置' }).waitFor();
    expect(await app.page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await app.page.getByLabel('Open image archive').count()).toBe(1);
  });
});

describe('the console', () => {
  let command: Locator;

  beforeEach(async () => {
    await loadImage(app.page);
    await app.page.getByRole('link', { name: 'Console' }).click();
    command = app.page.getByRole('textbox', { name: 'Command' });
  });

  it('prints what docker prints, with IDs that lead to their image', async () => {
    await command.fill('docker image ls');
    await command.press('Enter');
    const link = app.page.getByRole('log').getByRole('link', { name: SHORT_ID });
    await link.waitFor();
    await command.press('ArrowUp');
    expect(await command.inputValue()).toBe('docker image ls');
    await link.click();
    await app.page.getByRole('heading', { name: /acme\/api/ }).waitFor();
  });

  it('asks for the file that a command names', async () => {
    await command.fill('docker load -i other.tar');
    const chooser = app.page.waitForEvent('filechooser');
    await command.press('Enter');
    await (await chooser).setFiles(archive('anything.tar'));
    await app.page.getByRole('log').getByText('Loaded image: acme/api:1.0').waitFor();
  });

  it('marks what went wrong', async () => {
    await command.fill('docker history nothing');
    await command.press('Enter');
    const error = app.page.getByRole('log').locator('.error');
    await error.waitFor();
    expect(await error.innerText()).toContain('No such image: nothing');
  });
});
