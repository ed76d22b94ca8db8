import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { run } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0', 'acme/api:stable'] });
const WEB = buildImage({ tags: ['web:2'], layers: [[{ path: 'web', content: 'x' }]] });
const ARCHIVE = Buffer.from(tarOf(docker110([API, WEB])));
const NAME = "ada's images.tar";

let app: App;
let page: Page;
let dialog: Locator;
let loaded = '';

const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

/** Loads by mouse. Resolves to the command that is offered for it. */
async function load(): Promise<string> {
  const file = { name: NAME, mimeType: 'application/x-tar', buffer: ARCHIVE };
  await page.getByLabel('Open image archive').setInputFiles(file);
  const line = page.getByRole('status').filter({ hasText: 'Loaded acme/api:1.0' });
  await line.getByRole('button', { name: /^Copy as command/ }).click();
  return clipboard();
}

/** Names, IDs and blobs: all that a command or a button can change. */
async function state(): Promise<string> {
  const list = "docker images --digests --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}'";
  const { stdout } = await run(page, list);
  return stdout + (await run(page, 'drydock verify --format json')).stdout;
}

async function runFiles(line: string): Promise<{ exitCode: number; stderr: string }> {
  return page.evaluate(
    async ({ text, name, bytes }) => {
      const files = { [name]: new Blob([new Uint8Array(bytes)]) };
      const { exitCode, stderr } = await window.drydock.run(text, { files });
      return { exitCode, stderr };
    },
    { text: line, name: NAME, bytes: [...ARCHIVE] },
  );
}

/** Runs what was copied, a line at a time. */
async function runCopied(command: string): Promise<void> {
  for (const line of command.split('\n')) {
    expect(await runFiles(line)).toEqual({ exitCode: 0, stderr: '' });
  }
}

/** Empties the store, and brings back what the first load brought. */
async function startOver(): Promise<void> {
  await run(page, 'docker image prune -a -f');
  await runCopied(loaded);
}

async function copyFromDialog(): Promise<string> {
  await dialog.getByRole('button', { name: 'Copy the command' }).click();
  await dialog.getByRole('button', { name: 'Command copied' }).waitFor();
  return clipboard();
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  dialog = page.getByRole('dialog');
  await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  loaded = await load();
});
afterEach(async () => {
  await app.close();
});

describe('the command that is copied', () => {
  it('after a load loads the same', async () => {
    expect(loaded).toBe(`docker load -i 'ada'\\''s images.tar'`);
    const byMouse = await state();
    expect(byMouse).toContain(`${API.imageId} acme/api:stable`);
    await run(page, 'docker image prune -a -f');
    expect(await state()).not.toContain(API.imageId);
    await runCopied(loaded);
    expect(await state()).toBe(byMouse);
  });

  it('from Tag gives the same names', async () => {
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
    await page.getByRole('button', { name: 'Tag', exact: true }).last().click();
    await dialog.getByRole('textbox', { name: 'New name for acme/api:1.0' }).fill('acme/api:2');
    await dialog.getByRole('textbox', { name: 'New name for web:2' }).fill('localhost:5000/web');
    const command = await copyFromDialog();
    await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('status').getByText('2 names given').waitFor();
    const byMouse = await state();
    expect(byMouse).toContain(`${WEB.imageId} localhost:5000/web:latest`);
    await startOver();
    expect(await state()).not.toBe(byMouse);
    await runCopied(command);
    expect(await state()).toBe(byMouse);
  });

  it.each([
    ['one name', false],
    ['all names', true],
  ])('from Remove takes %s, and the bytes of what is gone', async (_, allNames) => {
    const before = await state();
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    if (allNames) await dialog.getByRole('checkbox').click();
    const command = await copyFromDialog();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    const offer = page.getByRole('status').filter({ hasText: /^Removed/ });
    await offer.getByRole('button', { name: 'Close' }).last().click();
    // A configuration, a manifest and two layers are left of what keeps a name.
    await expect.poll(state).toContain(`"blobs":${allNames ? 0 : 4},`);
    const byMouse = await state();
    await startOver();
    expect(await state()).toBe(before);
    await runCopied(command);
    expect(await state()).toBe(byMouse);
  });

  it('from Remove unused images takes the same, pasted into the console', async () => {
    await page.getByRole('button', { name: 'Storage', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Remove unused images…' }).click();
    await dialog.getByRole('checkbox', { name: /^All images/ }).click();
    const command = await copyFromDialog();
    expect(command).toBe('docker image prune -f -a');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('status').getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(state, { timeout: 15_000 }).toContain('"blobs":0,');
    const byMouse = await state();
    await runCopied(loaded);
    expect(await state()).not.toBe(byMouse);
    await page.goto(new URL('#/console', page.url()).href);
    await page.getByRole('textbox', { name: 'Command' }).press('Control+v');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('Total reclaimed space').waitFor();
    expect(await state()).toBe(byMouse);
  });
});
