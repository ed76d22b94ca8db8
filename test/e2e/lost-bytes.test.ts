import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { patternBytes } from '../support/blobs';
import { dockerArchive, run, runWithFile, writeTestFile } from '../support/page-files';

/** Two layers large enough to be stored as files of the browser. */
const archive = dockerArchive({
  tags: ['kept:1'],
  layers: [
    [{ path: 'first', content: patternBytes(300_000) }],
    [{ path: 'second', content: patternBytes(500_000) }],
  ],
});

const removals: (() => Promise<void>)[] = [];
let app: App | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
  for (const remove of removals.splice(0)) await remove();
});

async function fileOf(content: Uint8Array): Promise<string> {
  const file = await writeTestFile('file.tar', content);
  removals.push(() => file.remove());
  return file.path;
}

/** The file in which the browser keeps the larger layer. */
async function storedFile(profile: string): Promise<string> {
  const folder = join(profile, 'Default', 'IndexedDB');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((path) => path.includes('.indexeddb.blob/'))) {
    const path = join(folder, name);
    const { size } = await stat(path);
    if (size > 500_000 && size < 520_000) return path;
  }
  throw new Error(`no file of the larger layer among ${names.join()}`);
}

/** Loads the image, and does something to the larger layer's file while the browser is closed. */
async function openAfter(harm: (path: string) => Promise<void>): Promise<App> {
  const opened = await openApp();
  await runWithFile(opened.page, 'docker load -i file.tar', await fileOf(archive));
  await opened.context.close();
  await harm(await storedFile(opened.profile));
  return opened.restart();
}

const row = (page: Page) => page.getByRole('table', { name: 'Images' }).getByRole('row').nth(1);

/** Saves the image by mouse. Resolves to what the page says of its failure, and closes that. */
async function saveCard(page: Page): Promise<string> {
  await page.evaluate(() =>
    Reflect.set(window, 'showSaveFilePicker', async () => {
      const root = await navigator.storage.getDirectory();
      return root.getFileHandle('saved.tar', { create: true });
    }),
  );
  await row(page).getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const card = page.getByRole('alertdialog');
  await card.waitFor();
  const text = await card.innerText();
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  return text;
}

describe('a stored blob whose file the disk lost', () => {
  it('is a problem of its own: the row says Missing, and a load brings it back', async () => {
    app = await openAfter((path) => rm(path));
    const cat = await run(app.page, 'drydock cat kept:1 second');
    expect(cat).toMatchObject({ exitCode: 1, stdout: '' });
    expect(cat.stderr).toMatch(/^These bytes can no longer be read, [^\n]+\n$/);
    const first = await run(app.page, 'drydock files kept:1');
    expect(first.exitCode).toBe(0);

    const verified = await run(app.page, 'drydock verify --format json');
    expect(verified).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(verified.stdout)).toMatchObject({
      blobs: 4,
      problems: [{ reason: 'Its bytes can no longer be read: load or pull the image again.' }],
    });
    await row(app.page).getByText('Missing').waitFor();
    const saved = await run(app.page, 'docker save kept:1 > out.tar');
    expect(saved).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await saveCard(app.page)).toMatch(
      /A stored part of the image is damaged.*Nothing was saved/s,
    );

    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(archive));
    await row(app.page).getByText('Verified').waitFor();
    expect(await run(app.page, 'drydock verify')).toMatchObject({ exitCode: 0 });
  });

  it('comes back with the next load, whether anybody had noticed or not', async () => {
    app = await openAfter((path) => rm(path));
    await row(app.page).getByText('Verified').waitFor();
    const loaded = await runWithFile(app.page, 'docker load -i file.tar', await fileOf(archive));
    expect(loaded).toEqual({ exitCode: 0, stdout: 'Loaded image: kept:1\n', stderr: '' });
    const cat = await run(app.page, 'drydock cat kept:1 second > second');
    expect(cat).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run(app.page, 'drydock verify')).toMatchObject({ exitCode: 0 });
    await row(app.page).getByText('Verified').waitFor();
  });
});

describe('a stored blob whose bytes the disk changed', () => {
  it('is Corrupt, after a reload too, until the image is loaded again', async () => {
    app = await openAfter(async (path) => {
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0x20, 1000, 2000));
    });
    await row(app.page).getByText('Verified').waitFor();
    expect(await run(app.page, 'drydock verify')).toMatchObject({ exitCode: 1, stderr: '' });
    await row(app.page).getByText('Corrupt').waitFor();
    await app.page.reload();
    await row(app.page).getByText('Corrupt').waitFor();

    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(archive));
    await row(app.page).getByText('Verified').waitFor();
    expect(await run(app.page, 'drydock verify')).toMatchObject({ exitCode: 0 });
  });
});

describe('a file that does something else between the choice and the load', () => {
  // Of a file that is gone, there is no more than its own name.
  const gone = /^(?:f|file\.tar) can no longer be read, as it was changed, moved or deleted/;
  const harms: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ['is renamed', (path) => rename(path, `${path}.old`)],
    ['is changed', changeLater],
    ['is deleted', (path) => rm(path)],
  ];
  it.each(harms)('%s: the sentence says so, and nothing is stored', async (_, harm) => {
    app = await openApp();
    const path = await fileOf(archive);
    await choose(app.page, path);
    await harm(path);
    const loaded = await app.page.evaluate(async () => {
      const file = document.querySelector<HTMLInputElement>('#chosen')?.files?.[0];
      if (!file) throw new Error('no file was chosen');
      const { exitCode, stderr } = await window.drydock.run('docker load -i f', {
        files: { f: file },
      });
      return { exitCode, stderr };
    });
    expect(loaded.exitCode).toBe(1);
    expect(loaded.stderr).toMatch(gone);
    expect((await run(app.page, 'docker images -q')).stdout).toBe('');
  });
});

/** Chromium compares times of files in whole seconds: a change within the second of the choice would pass for none. */
async function changeLater(path: string): Promise<void> {
  await writeFile(path, patternBytes(900_000));
  const later = new Date(Date.now() + 10_000);
  await utimes(path, later, later);
}

async function choose(page: Page, path: string): Promise<void> {
  await page.evaluate(async () => {
    await window.drydock.ready;
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'chosen' });
    document.body.append(input);
  });
  await page.setInputFiles('#chosen', path);
}
