import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { buildImage, docker110, gzip } from '../support/archive-builder';
import { patternBytes } from '../support/blobs';
import { endlessGzip } from '../support/endless-gzip';
import {
  dockerArchive,
  run,
  runWithFile,
  writeTestFile,
  type TestFile,
} from '../support/page-files';
import { storedRows } from '../support/stored-rows';
import { tarOf } from '../support/tar-builder';

const small = dockerArchive({ tags: ['kept:1'] });
/** A layer that takes a while to hash and store. */
const large = (megabytes: number): Uint8Array =>
  dockerArchive({
    tags: ['large:1'],
    layers: [[{ path: 'noise', content: patternBytes(megabytes * 1_000_000) }]],
  });
const zeros = [{ path: 'zeros', content: new Uint8Array(60_000_000) }];
/** Its layer is small as it is stored, and large unpacked. */
const packed = tarOf(
  docker110([
    {
      ...buildImage({ tags: ['large:1'], layers: [zeros] }),
      layers: [gzip(tarOf(zeros))],
    },
  ]),
);

const files: TestFile[] = [];
let app: App | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
  await Promise.all(files.splice(0).map((file) => file.remove()));
});

async function fileOf(content: Uint8Array, name = 'file.tar'): Promise<string> {
  const file = await writeTestFile(name, content);
  files.push(file);
  return file.path;
}

const imagesTable = (opened: App) => opened.page.getByRole('table', { name: 'Images' });

/** Lets the app store no more than this, until what it resolves to is called. Nothing may be stored yet. */
async function allowOnly({ page, context }: App, quotaSize: number): Promise<() => Promise<void>> {
  const devtools = await context.newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  // Chromium remembers for half a minute how much room there was: it forgets with the origin's data.
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await page.reload();
  return () => devtools.send('Storage.overrideQuotaForOrigin', { origin }).then(() => undefined);
}

describe('the store', () => {
  it('still has its images after a restart', async () => {
    app = await openApp();
    const loaded = await runWithFile(app.page, 'docker load -i file.tar', await fileOf(small));
    expect(loaded).toEqual({ exitCode: 0, stdout: 'Loaded image: kept:1\n', stderr: '' });
    app = await app.restart();
    await imagesTable(app).getByText('kept').waitFor();
    const { stdout } = await run(app.page, 'drydock cat kept:1 /etc/os-release');
    expect(stdout).toBe('ID=test\n');
  });

  it('is as it was when the browser is killed in the middle of a load, once it is ready again', async () => {
    app = await openApp();
    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(small));
    const { page } = app;
    const before = await run(page, 'docker images --no-trunc');
    const rows = await storedRows(page);
    const path = await fileOf(large(300));
    await app.page.evaluate(() => {
      const input = document.createElement('input');
      input.type = 'file';
      input.id = 'doomed';
      document.body.append(input);
    });
    await app.page.setInputFiles('#doomed', path);
    await app.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const file = document.querySelector<HTMLInputElement>('#doomed')?.files?.[0];
          if (!file) throw new Error('no file was given');
          void window.drydock.run('docker load -i f', {
            files: { f: file },
            onProgress: ({ done }) => {
              if (done > 0) resolve();
            },
          });
        }),
    );
    // Something of the load is in the store by then, for the next start to sweep.
    await expect.poll(() => storedRows(page)).not.toEqual(rows);
    app = await app.killAndRestart();
    await app.page.evaluate(() => window.drydock.ready);
    expect(await storedRows(app.page)).toEqual(rows);
    expect((await run(app.page, 'docker images --no-trunc')).stdout).toBe(before.stdout);
    const verified = await run(app.page, 'drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ blobs: 4, problems: [] });
  });

  it.each([
    ['says so', large(60), /^[^\n]*no room left for layer 0 [^\n]* in file.tar[^\n]*\n$/],
    [
      'says so of an unpacked archive',
      gzipSync(large(60)),
      /^[^\n]*no room left for file.tar:[^\n]*\n$/,
    ],
  ])('%s when the browser grants no more, and keeps what it had', async (_, archive, sentence) => {
    app = await openApp();
    const { page } = app;
    const allowAll = await allowOnly(app, 20_000_000);
    await runWithFile(page, 'docker load -i file.tar', await fileOf(small));
    const before = await storedRows(page);
    const full = await runWithFile(page, 'docker load -i file.tar', await fileOf(archive));
    expect(full).toMatchObject({ exitCode: 1, stdout: '' });
    expect(full.stderr).toMatch(sentence);
    expect(await storedRows(page)).toEqual(before);
    expect(await imagesTable(app).getByRole('link').allTextContents()).toHaveLength(1);
    await allowAll();
    const { stdout } = await run(page, 'docker images -q');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const verified = await run(page, 'drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ blobs: 4, problems: [] });
  });

  it.each([
    ['to be packed for a save', 'gzip', large(12)],
    ['to be packed for a save', 'zstd', large(12)],
    ['to be unpacked for a save', 'none', packed],
  ])('says which layer has no room %s as %s, and keeps what it had', async (_, format, archive) => {
    app = await openApp();
    const { page } = app;
    await allowOnly(app, 20_000_000);
    await runWithFile(page, 'docker load -i file.tar', await fileOf(archive));
    const before = await storedRows(page);
    const full = await run(page, `drydock save --compress ${format} large:1 -o x.tar`);
    expect(full).toMatchObject({ exitCode: 1, stdout: '' });
    expect(full.stderr).toMatch(/^[^\n]*no room left for layer sha256:[0-9a-f]{64}:[^\n]*\n$/);
    expect(await storedRows(page)).toEqual(before);
  });

  it.each([
    ['around an archive', endlessGzip(4)],
    [
      'as a layer',
      tarOf(docker110([{ ...buildImage(), layers: [endlessGzip(4), endlessGzip(4)] }])),
    ],
  ])('takes nothing of 4 GiB of zeros in a gzip %s', async (_, archive) => {
    app = await openApp();
    const { page } = app;
    const before = await storedRows(page);
    const result = await runWithFile(page, 'docker load -i file.tar', await fileOf(archive));
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^[^\n]*file.tar has at offset 1024 the end of its tar[^\n]*\n$/);
    expect(await storedRows(page)).toEqual(before);
  });

  it('lists an image again whose entry in the list was damaged', async () => {
    app = await openApp();
    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(small));
    const before = await run(app.page, 'docker images --no-trunc');
    await app.page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open('drydock');
          opening.onerror = () => reject(new Error('the store does not open'));
          opening.onsuccess = () => {
            const tables = ['images', 'revisions'];
            const transaction = opening.result.transaction(tables, 'readwrite');
            // What the page keeps of the list is not the disk's.
            transaction.objectStore('revisions').clear();
            const cursor = transaction.objectStore('images').openCursor();
            cursor.onsuccess = () => {
              cursor.result?.update({ ...cursor.result.value, summary: 'damaged' });
            };
            transaction.oncomplete = () => {
              opening.result.close();
              resolve();
            };
          };
        }),
    );
    expect((await run(app.page, 'docker images -q')).stdout).toBe('');
    await app.page.reload();
    expect(await run(app.page, 'docker images --no-trunc')).toEqual(before);
    await imagesTable(app).getByText('kept').waitFor();
  });

  it('shows an image with 20,000 names without an element for each', async () => {
    app = await openApp();
    const { page } = app;
    const tags = Array.from({ length: 20_000 }, (_, n) => `many/names:${n}`);
    const path = await fileOf(dockerArchive({ tags }));
    const loaded = await runWithFile(page, 'docker load -i file.tar', path);
    expect(loaded).toMatchObject({ exitCode: 0, stderr: '' });
    expect(loaded.stdout.match(/^Loaded image: /gm)).toHaveLength(20_000);
    const elements = (): Promise<number> => page.locator('*').count();
    await imagesTable(app).getByText('names').waitFor();
    await page.getByRole('button', { name: '19999 more names' }).click();
    await page.getByText('+19500').waitFor();
    expect(await elements()).toBeLessThan(3000);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('option').first().waitFor();
    expect(await elements()).toBeLessThan(3000);
    await page.keyboard.press('Escape');
    await imagesTable(app).getByRole('link').first().click();
    await page.getByText('+19979').waitFor();
    expect(await elements()).toBeLessThan(3000);
    const { stdout } = await run(page, 'docker images -q many/names');
    expect(stdout.trim().split('\n')).toHaveLength(20_000);
  });

  it('shows a configuration of 40,000 lines without an element for each', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, i) => i);
    const config = {
      Env: numbers.map((i) => `NAME_${i}=${i}`),
      Labels: Object.fromEntries(numbers.map((i) => [`label.${i}`, String(i)])),
      ExposedPorts: Object.fromEntries(numbers.map((i) => [`${i + 1}/tcp`, {}])),
    };
    app = await openApp();
    const { page } = app;
    const archive = dockerArchive({ tags: ['many/lines:1'], config: { config } });
    await runWithFile(page, 'docker load -i file.tar', await fileOf(archive));
    await imagesTable(app).getByRole('link').first().click();
    await page.getByRole('tab', { name: 'Config' }).click();
    await page.getByText('NAME_199', { exact: true }).waitFor();
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(8000);
    await page.getByRole('button', { name: 'Show 200 more of 19800' }).first().click();
    await page.getByText('NAME_399', { exact: true }).waitFor();
    await page.getByText('… and 19800 more lines').waitFor();
  });

  it('tells every tab of a load at once', async () => {
    app = await openApp();
    const second = await app.context.newPage();
    await second.goto(app.page.url());
    await runWithFile(second, 'docker load -i file.tar', await fileOf(small));
    await imagesTable(app).getByText('kept').waitFor();
  });

  it('saves an image whole in one tab that another removes meanwhile, and is consistent then', async () => {
    app = await openApp();
    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(large(40)));
    const second = await app.context.newPage();
    await second.goto(app.page.url());
    await run(second, 'docker images');
    const saving = app.page.evaluate(async () => {
      const { exitCode, stderr, files } = await window.drydock.run(
        'drydock save --compress gzip large:1 -o x.tar',
        { onProgress: () => document.body.setAttribute('data-saving', '') },
      );
      const archive = files['x.tar'];
      if (!archive) return { exitCode, stderr };
      const again = { files: { 'x.tar': archive } };
      await window.drydock.run('docker load -i x.tar', again);
      return { exitCode, stderr: '' };
    });
    await app.page.locator('[data-saving]').waitFor({ state: 'attached' });
    const removed = await run(second, 'docker rmi large:1');
    expect(removed.stdout).toContain('Untagged: large:1\n');
    expect(await saving).toEqual({ exitCode: 0, stderr: '' });
    // What was saved is loaded again, by which every byte of it was checked.
    expect((await run(second, 'docker images --format {{.Repository}}')).stdout).toBe('large\n');
    const verified = await run(second, 'drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ problems: [] });
    await run(second, 'docker rmi large:1');
    await expect.poll(() => storedRows(second)).toMatchObject({ parts: 0, blobs: 0, ingests: 0 });
  });

  it('takes the same archive in two tabs at the same time', async () => {
    app = await openApp();
    const second = await app.context.newPage();
    await second.goto(app.page.url());
    const path = await fileOf(large(40));
    const both = await Promise.all([
      runWithFile(app.page, 'docker load -i file.tar', path),
      runWithFile(second, 'docker load -i file.tar', path),
    ]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const verified = await run(app.page, 'drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ problems: [] });
  });

  it('carries out what is asked for at the same time one after the other', async () => {
    app = await openApp();
    const second = await app.context.newPage();
    await second.goto(app.page.url());
    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(small));
    const tagTen = (page: Page, prefix: string): Promise<number[]> =>
      page.evaluate(async (repository) => {
        const lines = Array.from({ length: 10 }, (_, i) => `docker tag kept:1 ${repository}:${i}`);
        const results = await Promise.all(lines.map((line) => window.drydock.run(line)));
        return results.map(({ exitCode }) => exitCode);
      }, prefix);
    const codes = await Promise.all([tagTen(app.page, 'one'), tagTen(second, 'two')]);
    expect(codes.flat()).toEqual(Array<number>(20).fill(0));
    const loads = await app.page.evaluate(async () => {
      const { files } = await window.drydock.run('docker save kept:1 -o x.tar');
      const load = (): ReturnType<typeof window.drydock.run> =>
        window.drydock.run('docker load -i x.tar', { files });
      const results = await Promise.all(Array.from({ length: 8 }, load));
      return results.map(({ exitCode, stderr }) => ({ exitCode, stderr }));
    });
    expect(loads).toEqual(Array(8).fill({ exitCode: 0, stderr: '' }));
    const { stdout } = await run(second, 'docker images -q');
    expect(stdout.trim().split('\n')).toHaveLength(21);
  });
});

describe('where the browser refuses storage', () => {
  it('says once that nothing will last, and opens archives all the same', async () => {
    app = await openApp({ refusesStorage: true });
    const { page } = app;
    const notice = page.getByRole('alertdialog', { name: 'Nothing will outlive this tab' });
    await notice.waitFor();
    await page.keyboard.press('Escape');
    await notice.waitFor({ state: 'detached' });
    const plain = await runWithFile(page, 'docker load -i file.tar', await fileOf(small));
    expect(plain).toEqual({ exitCode: 0, stdout: 'Loaded image: kept:1\n', stderr: '' });
    const packed = await fileOf(gzipSync(dockerArchive({ tags: ['packed:1'] })));
    expect(await runWithFile(page, 'docker load -i file.tar', packed)).toMatchObject({
      exitCode: 0,
      stdout: 'Loaded image: packed:1\n',
    });
    await imagesTable(app).getByText('kept').waitFor();
    expect((await run(page, 'drydock cat kept:1 /etc/os-release')).stdout).toBe('ID=test\n');
    expect((await run(page, 'drydock verify')).exitCode).toBe(0);
    await imagesTable(app).getByRole('link').first().click();
    await page.getByRole('treegrid').getByText('etc').waitFor();
  });

  it('refuses what is damaged as ever', async () => {
    app = await openApp({ refusesStorage: true });
    const damaged = small.slice();
    const at = Buffer.from(damaged).indexOf('ID=test');
    damaged[at] = 0x58;
    const result = await runWithFile(app.page, 'docker load -i file.tar', await fileOf(damaged));
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^layer 0 .* is damaged .*\n$/);
    expect((await run(app.page, 'docker images -q')).stdout).toBe('');
  });
});

describe('the app', () => {
  it('opens with the network cut, decoders and all', async () => {
    app = await openApp();
    const { page, context } = app;
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await context.setOffline(true);
    await page.reload();
    const packed = await fileOf(gzipSync(small));
    expect(await runWithFile(page, 'docker load -i file.tar', packed)).toMatchObject({
      exitCode: 0,
    });
    await imagesTable(app).getByText('kept').waitFor();
    for (const ending of ['zst', 'xz', 'bz2']) {
      const path = `test/fixtures/tars/rootfs.tar.${ending}`;
      const imported = await runWithFile(page, `docker import file.tar ${ending}:1`, path);
      expect(imported, ending).toMatchObject({ exitCode: 0, stderr: '' });
      await imagesTable(app).getByText(ending, { exact: true }).waitFor();
    }
  });

  it('never asks another host for anything', async () => {
    app = await openApp();
    const origin = new URL(app.page.url()).origin;
    const foreign: string[] = [];
    app.context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) foreign.push(url);
    });
    await app.page.reload();
    for (const route of ['#/console', '#/settings', '#/images']) {
      await app.page.goto(`${origin}/${route}`);
    }
    await runWithFile(app.page, 'docker load -i file.tar', await fileOf(small));
    expect(foreign).toEqual([]);
  });
});
