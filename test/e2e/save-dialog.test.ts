import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { multiPlatformArchive } from '../support/multi-platform-archive';
import { writeTestFile, type TestFile } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0', 'acme/api:stable'] });
const WEB = buildImage({ tags: ['web:2'], config: { created: '2025-03-04T05:06:07Z' } });

const files: TestFile[] = [];
let app: App;
let page: Page;
let dialog: Locator;

const row = (name: string): Locator =>
  page.getByRole('table', { name: 'Images' }).getByRole('row', { name });
const said = (): Locator => page.getByRole('status');

async function load(bytes: Uint8Array): Promise<void> {
  const file = await writeTestFile('x.tar', bytes);
  files.push(file);
  await page.getByLabel('Open image archive').setInputFiles(file.path);
}

async function openDialog(name: string): Promise<void> {
  await row(name).getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor();
}

/** Presses the dialog's button. Resolves to the SHA-256 of what is downloaded, and its name. */
async function save(): Promise<{ name: string; sha256: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save' }).click(),
  ]);
  const bytes = await readFile(await download.path());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: download.suggestedFilename(), sha256 };
}

/** SHA-256 of what a command writes as `name`. */
function savedBy(line: string, name: string): Promise<string> {
  return page.evaluate(
    async ([text, file]) => {
      const { files } = await window.drydock.run(text);
      const bytes = (await files[file]?.arrayBuffer()) ?? new ArrayBuffer();
      const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
    [line, name] as const,
  );
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  dialog = page.getByRole('dialog');
  // Without the browser's file dialog, which a headless one has not got, a save is a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.reload();
});
afterEach(async () => {
  await app.close();
  for (const file of files.splice(0)) await file.remove();
});

describe('the save dialog', () => {
  it('saves several images, under all their names, in one file', async () => {
    await load(tarOf(docker110([API, WEB])));
    await row('web').getByText('Verified').waitFor();
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    const line = 'docker save -o images.tar acme/api:1.0 acme/api:stable web:2';
    await dialog.getByText(line).waitFor();
    const { name, sha256 } = await save();
    expect(name).toBe('images.tar');
    expect(sha256).toBe(await savedBy(line, name));
    await said().getByText('Saved images.tar').waitFor();
  });

  it.each([
    ['gzip', 'Compressed anew: layers and manifest get new digests', 'new digest'],
    ['zstd', 'Docker loads zstd layers from 23.0 on.', 'Docker before 23.0 cannot load'],
  ])('packs layers as %s, and says before and after what that means', async (as, before, after) => {
    await load(tarOf(docker110([WEB])));
    await row('web').getByText('Verified').waitFor();
    await openDialog('web');
    await dialog.getByText('Byte for byte as they came').waitFor();
    await dialog.getByRole('radio', { name: as }).click();
    await dialog.getByText(before).waitFor();
    const line = `drydock save --compress ${as} -o web_2.tar web:2`;
    await dialog.getByText(line).waitFor();
    const { name, sha256 } = await save();
    await said().getByText(after).waitFor();
    expect(sha256).toBe(await savedBy(line, name));
  });

  it('saves as engines before 1.10 did, with plain layers whatever was chosen before, and says of the ID', async () => {
    await load(tarOf(docker110([WEB])));
    await row('web').getByText('Verified').waitFor();
    await openDialog('web');
    const gzip = dialog.getByRole('radio', { name: 'gzip' });
    await gzip.click();
    await dialog.getByRole('radio', { name: 'Before docker 1.10' }).click();
    await gzip.waitFor({ state: 'detached' });
    const line = 'drydock save --type legacy -o web_2.tar web:2';
    await dialog.getByText(line, { exact: true }).waitFor();
    const { name, sha256 } = await save();
    await said().getByText('whoever loads it gives it another image ID').waitFor();
    expect(sha256).toBe(await savedBy(line, name));
  });

  it('says of an image without layers that docker refuses it, and saves it', async () => {
    await load(tarOf(docker110([buildImage({ layers: [], tags: ['void:1'] })])));
    await row('void').getByText('Verified').waitFor();
    await openDialog('void');
    await dialog.getByText('This image has no layers: docker save refuses that').waitFor();
    expect(await dialog.getByRole('radio', { name: 'Before docker 1.10' }).count()).toBe(0);
    const line = 'drydock save -o void_1.tar void:1';
    await dialog.getByText(line, { exact: true }).waitFor();
    const { name, sha256 } = await save();
    expect(sha256).toBe(await savedBy(line, name));
  });

  it('saves platforms that are chosen, one at least', async () => {
    await load(multiPlatformArchive());
    await row('multi').getByText('Verified').waitFor();
    await openDialog('multi');
    const platform = (name: string): Locator => dialog.getByRole('checkbox', { name });
    const submit = dialog.getByRole('button', { name: 'Save' });
    await platform('linux/amd64').click();
    await platform('linux/arm64/v8').click();
    expect(await submit.isDisabled()).toBe(true);
    await platform('linux/arm64/v8').click();
    const line = await dialog.getByText('drydock save --platform linux/arm64/v8 -o').innerText();
    const { name, sha256 } = await save();
    expect(sha256).toBe(await savedBy(line, name));
  });

  it('that is left saves nothing', async () => {
    await load(tarOf(docker110([WEB])));
    await row('web').getByText('Verified').waitFor();
    await openDialog('web');
    let downloads = 0;
    page.on('download', () => downloads++);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(downloads).toBe(0);
  });

  it('says that nothing was written where the file dialog is dismissed', async () => {
    await page.addInitScript(() => {
      Reflect.set(window, 'showSaveFilePicker', () =>
        Promise.reject(new DOMException('The user aborted a request.', 'AbortError')),
      );
    });
    await page.reload();
    await load(tarOf(docker110([WEB])));
    await row('web').getByText('Verified').waitFor();
    await openDialog('web');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await said().getByText('Saving web_2.tar was cancelled. Nothing was written.').waitFor();
  });
});

describe('a save on its way', () => {
  it('that is cancelled leaves no file', async () => {
    await page.addInitScript(() => {
      Reflect.set(window, 'showSaveFilePicker', async (options: { suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(options.suggestedName, { create: true });
      });
    });
    await page.reload();
    const noise = new Uint8Array(48 * 1024 * 1024);
    for (let i = 0; i < noise.length; i++) noise[i] = Math.imul(i, 0x9e3779b1) >>> 24;
    const large = buildImage({ tags: ['large:1'], layers: [[{ path: 'noise', content: noise }]] });
    await load(tarOf(docker110([large])));
    await row('large').getByText('Verified').waitFor();
    await openDialog('large');
    await dialog.getByRole('radio', { name: 'gzip' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Cancel large_1.tar' }).click();
    await said().getByText('Saving large_1.tar was cancelled. Nothing was written.').waitFor();
    const files = await page.evaluate(async () => {
      const names: string[] = [];
      const folder = await navigator.storage.getDirectory();
      for await (const name of folder.keys()) names.push(name);
      return names;
    });
    expect(files).not.toContain('large_1.tar');
  });
});
