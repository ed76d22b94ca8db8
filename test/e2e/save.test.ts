import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadArchive } from '../../src/archive/load';
import type { SaveOptions } from '../../src/archive/write/save-images';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import { openApp, type App } from '../support/app';
import { runWithFile } from '../support/page-files';
import { loadInto, openItems } from '../support/load-environment';
import { saveFrom } from '../support/saved-archive';

const IMAGE = 'drydock/harbour-web:1.0.0';
const SAMPLE = 'public/sample-image.tar';
let app: App;

beforeEach(async () => {
  app = await openApp();
  await loadSample(app.page);
});
afterEach(async () => {
  await app.close();
});

/** Resolves when it is stored, and so can be saved. */
async function loadSample(page: Page): Promise<void> {
  const { stderr } = await runWithFile(page, 'docker load -i file.tar', SAMPLE);
  expect(stderr).toBe('');
}

/** SHA-256 of the archive of the sample image, as Node saves it. */
async function savedByNode(options: SaveOptions): Promise<string> {
  const store = await openMemoryStore();
  const bytes = new Uint8Array(await readFile(SAMPLE));
  await loadArchive(await openItems(bytes), loadInto(store));
  return createHash('sha256')
    .update((await saveFrom(store, options)).bytes)
    .digest('hex');
}

/** SHA-256 of what a save in the page gives, read after another line has run; what it complained of where it fails. */
function savedByPage(page: Page, line: string, next = ''): Promise<string> {
  return page.evaluate(
    async ([save, after]) => {
      const { files, stderr, exitCode } = await window.drydock.run(save);
      if (exitCode !== 0) return stderr;
      if (after !== '') await window.drydock.run(after);
      const bytes = (await files['x.tar']?.arrayBuffer()) ?? new ArrayBuffer();
      const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
    [line, next] as const,
  );
}

async function typeInConsole(page: Page, line: string): Promise<void> {
  await page.goto(new URL('#/console', page.url()).href);
  const command = page.getByRole('textbox', { name: 'Command' });
  await command.fill(line);
  await command.press('Enter');
}

describe('an archive that the built app saves', () => {
  it.each<[string, SaveOptions]>([
    ['', {}],
    ['--compress gzip', { encoding: 'gzip' }],
    ['--compress zstd --type oci', { encoding: 'zstd', type: 'oci' }],
    ['--type legacy', { type: 'legacy' }],
  ])('with "%s" is the same as on any other machine', async (flags, options) => {
    const line = `drydock save ${flags} ${IMAGE} -o x.tar`;
    expect(await savedByPage(app.page, line)).toBe(await savedByNode(options));
  });

  it('can be read after its image was removed', async () => {
    for (const flags of ['', '--compress gzip']) {
      const line = `drydock save ${flags} ${IMAGE} -o x.tar`;
      const before = await savedByPage(app.page, line);
      const after = await savedByPage(app.page, line, `docker rmi -f ${IMAGE}`);
      expect(after).toBe(before);
      await loadSample(app.page);
    }
  });
});

describe('the console saves', () => {
  it('through the file dialog, whose file is there whole', async () => {
    const { page } = app;
    // Headless browsers refuse the dialog: a person's answer, a file of the origin's own file system instead.
    await page.addInitScript(() => {
      Reflect.set(window, 'showSaveFilePicker', async (options: { suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(options.suggestedName, { create: true });
      });
    });
    await page.reload();
    await typeInConsole(page, `docker save ${IMAGE} -o out/harbour.tar`);
    await page.getByRole('log').getByText('harbour.tar').last().waitFor();
    const written = async (): Promise<string> =>
      page.evaluate(async () => {
        const folder = await navigator.storage.getDirectory();
        const file = await (await folder.getFileHandle('harbour.tar')).getFile();
        const sum = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
        return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, '0')).join(
          '',
        );
      });
    await expect.poll(written).toBe(await savedByNode({}));
  });

  it('as a download where there is no dialog', async () => {
    const { page } = app;
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await page.reload();
    const downloading = page.waitForEvent('download');
    await typeInConsole(page, `docker save ${IMAGE} > harbour.tar`);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('harbour.tar');
    const bytes = await readFile(await download.path());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(await savedByNode({}));
  });
});
