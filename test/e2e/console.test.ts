import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { answerSaveDialog, dockerArchive, writeTestFile } from '../support/page-files';

let app: App;
let command: Locator;
let log: Locator;

afterEach(async () => {
  await app.close();
});

async function openConsole(options: Parameters<typeof openApp>[0] = {}): Promise<void> {
  app = await openApp({ route: '#/console', ...options });
  await locate();
}

async function locate(): Promise<void> {
  command = app.page.getByRole('textbox', { name: 'Command' });
  log = app.page.getByRole('log');
  await command.waitFor();
}

/** Loads an archive by the command, answering its question for a file. */
async function load(content: Uint8Array): Promise<void> {
  const file = await writeTestFile('picked.tar', content);
  const chooser = app.page.waitForEvent('filechooser');
  await type('docker load -i image.tar');
  await (await chooser).setFiles(file.path);
  await log.getByText('Loaded image').waitFor();
  await file.remove();
}

async function type(line: string): Promise<void> {
  await command.fill(line);
  await command.press('Enter');
}

const value = (): Promise<string> => command.inputValue();
const options = (page: Page): Locator =>
  page.getByRole('listbox', { name: 'Completions' }).getByRole('option');

describe('a line that is typed', () => {
  beforeEach(async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0', 'acme/web:2.0'] }));
  });

  it('is completed by Tab: command, flag, its value, the name of an image', async () => {
    await command.pressSequentially('docker hist');
    await command.press('Tab');
    await expect.poll(value).toBe('docker history ');
    await command.pressSequentially('--form');
    await command.press('Tab');
    await expect.poll(value).toBe('docker history --format ');
    await command.pressSequentially('j');
    await command.press('Tab');
    await expect.poll(value).toBe('docker history --format json ');
    await command.pressSequentially('acme/w');
    await command.press('Tab');
    await expect.poll(value).toBe('docker history --format json acme/web:2.0 ');
    await command.press('Enter');
    await log.getByText('"CreatedBy":"step 0"').first().waitFor();
  });

  it('is completed by Tab: an ID, short or whole, once its digits are begun', async () => {
    await type('docker images -q --no-trunc acme/web');
    const id = log.getByRole('link', { name: /^sha256:/ });
    const whole = await id.innerText();
    const short = whole.slice(7, 19);
    for (const [typed, completed] of [
      [whole.slice(7, 12), short],
      [whole.slice(0, 12), whole],
    ]) {
      await command.fill('');
      await command.pressSequentially(`docker history ${typed}`);
      await command.press('Tab');
      await expect.poll(value).toBe(`docker history ${completed} `);
    }
    await command.press('Enter');
    await log.getByText('step 0').first().waitFor();
  });

  it.each(['docker load -i ', 'docker load < ', 'docker save -o ', 'docker images > '])(
    'is left as it is after "%s": a file is chosen from the disk, and no image is one',
    async (start) => {
      for (const name of ['', 'acme']) {
        await command.fill('');
        await command.pressSequentially(start + name);
        await command.press('Tab');
        await command.press('Tab');
        // Whatever Tab looks up is there by then.
        await app.page.waitForTimeout(300);
        expect(await value()).toBe(start + name);
        expect(await options(app.page).count()).toBe(0);
        expect(await command.evaluate((field) => field === document.activeElement)).toBe(true);
      }
    },
  );

  it('lists flags with their help, to be chosen by arrows', async () => {
    await command.pressSequentially('docker image ls --');
    const filter = options(app.page).filter({ hasText: '--filter' });
    await filter.waitFor();
    expect(await filter.innerText()).toContain('Filter output based on conditions provided');
    await command.press('ArrowDown');
    await command.press('ArrowDown');
    await command.press('ArrowDown');
    expect(await filter.getAttribute('aria-selected')).toBe('true');
    expect(await command.getAttribute('aria-activedescendant')).toBe(
      await filter.getAttribute('id'),
    );
    const { violations } = await new AxeBuilder({ page: app.page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    await command.press('Enter');
    await expect.poll(value).toBe('docker image ls --filter ');
    await command.press('Tab');
    await options(app.page).filter({ hasText: 'dangling=true' }).click();
    await expect.poll(value).toBe('docker image ls --filter dangling=true ');
    expect(await command.evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('does not hold the focus: Escape, then Tab, leads out', async () => {
    await command.pressSequentially('docker --');
    await options(app.page).first().waitFor();
    await command.press('Escape');
    await options(app.page).first().waitFor({ state: 'detached' });
    expect(await value()).toBe('docker --');
    await command.press('Escape');
    await command.press('Tab');
    expect(await command.evaluate((field) => field === document.activeElement)).toBe(false);
  });

  it('can be one from the history, of this session or an earlier one, without its password', async () => {
    await type('docker frobnicate -p s3cret');
    await log.locator('.error').waitFor();
    expect(await log.innerText()).not.toContain('s3cret');
    await type('docker images');
    await log.getByRole('link').first().waitFor();
    app = await app.restart();
    await locate();
    await command.press('ArrowUp');
    expect(await value()).toBe('docker images');
    await command.press('ArrowUp');
    expect(await value()).toBe('docker frobnicate -p ••••••••');
    await command.press('ArrowDown');
    await command.press('ArrowDown');
    expect(await value()).toBe('');
  });

  it('can be searched for by Ctrl-R', async () => {
    await type('docker images');
    await type('drydock verify');
    await command.press('Control+r');
    const search = app.page.getByRole('textbox', { name: 'Search history' });
    await search.pressSequentially('image');
    await app.page.getByRole('status').filter({ hasText: 'docker images' }).waitFor();
    await search.press('Control+r');
    await app.page.getByRole('status').filter({ hasText: 'docker load -i' }).waitFor();
    await search.press('Tab');
    await expect.poll(value).toBe('docker load -i image.tar');
    await command.press('Control+r');
    await search.pressSequentially('nothing like it');
    await search.press('Escape');
    expect(await value()).toBe('docker load -i image.tar');
  });
});

describe('an answer', () => {
  it('sums up a load, and leads from names and IDs to the image', async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await log.getByText(/kB in \d+\.\d s, 2 of 2 layers verified/).waitFor();
    await log.getByRole('link', { name: 'acme/api:1.0' }).click();
    await app.page.getByRole('heading', { name: /acme\/api/ }).waitFor();
    await app.page.goBack();
    await log.getByText('Loaded image').waitFor();
  });

  it('leads from a row’s repository, tag and digest to the image, and to the Pull page once it is gone', async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await type('clear');
    await type('docker images');
    for (const name of ['acme/api', '1.0']) {
      await log.getByRole('link', { name, exact: true }).click();
      await app.page.getByRole('heading', { name: /acme\/api/ }).waitFor();
      await app.page.goBack();
      await command.waitFor();
    }
    await type('docker rmi acme/api:1.0');
    const gone = log.getByRole('link', { name: 'acme/api:1.0', exact: true });
    expect(await gone.getAttribute('href')).toBe('#/pull?ref=docker.io%2Facme%2Fapi%3A1.0');
    expect(await log.getByRole('link', { name: '1.0', exact: true }).getAttribute('href')).toBe(
      await gone.getAttribute('href'),
    );
  });

  it('says what was probably meant, and puts it into the line', async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await type('docker history api:1.1');
    await log.getByText('Did you mean').waitFor();
    await log.getByRole('button', { name: 'acme/api:1.0' }).click();
    expect(await value()).toBe('docker history acme/api:1.0');
    await command.press('Enter');
    await log.getByText('step 1').waitFor();
  });

  it('of many thousand lines is folded; opened, what is out of sight is not laid out', async () => {
    await openConsole();
    const files = Array.from({ length: 30_000 }, (_, i) => `f/${String(i).padStart(5, '0')}`);
    await load(dockerArchive({ tags: ['acme/many:1'], layers: [files] }));
    await type('drydock files acme/many:1');
    const more = log.getByRole('button', { name: '29,962 more lines' });
    await more.waitFor();
    expect(await log.getByText('f/00037').count()).toBe(1);
    await more.click();
    const chunks = log.locator('pre');
    await expect.poll(() => chunks.last().evaluate((pre) => pre.textContent)).toContain('f/29999');
    // The browser tells when it begins to lay out what it has skipped so far.
    const isLaidOutOnceSeen = await chunks.last().evaluate(
      (pre) =>
        new Promise((resolve) => {
          pre.addEventListener('contentvisibilityautostatechange', (event) => {
            if (event instanceof ContentVisibilityAutoStateChangeEvent && !event.skipped) {
              resolve(true);
            }
          });
          pre.scrollIntoView();
        }),
    );
    expect(isLaidOutOnceSeen).toBe(true);
    await log.getByText('f/29999').waitFor();
    await command.pressSequentially('help');
    expect(await value()).toBe('help');
    await log.getByRole('button', { name: 'Fewer lines' }).click();
    await more.waitFor();
  });

  it('keeps its columns and scrolls, or wraps where that is chosen', async () => {
    await openConsole({ viewport: { width: 360, height: 740 } });
    await type('help');
    const output = log.locator('.output');
    const overflows = (): Promise<boolean> =>
      output.evaluate((element) => element.scrollWidth > element.clientWidth);
    await output.waitFor();
    expect(await overflows()).toBe(true);
    await app.page.getByRole('button', { name: 'Wrap long lines' }).click();
    await expect.poll(overflows).toBe(false);
    const isSideways = await app.page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(isSideways).toBe(false);
  });

  it('is saved with the session as a text file', async () => {
    await openConsole();
    await type('docker images');
    await log.getByText('REPOSITORY').waitFor();
    const download = app.page.waitForEvent('download');
    await app.page.getByRole('button', { name: 'Save session as a text file' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^drydock-\d{4}-\d\d-\d\d\.txt$/);
    const text = await readFile(await saved.path(), 'utf8');
    expect(text).toMatch(/^\$ docker images\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE\n$/);
  });

  it('is saved whole, with what is folded away, and with no password', async () => {
    await openConsole();
    const files = Array.from({ length: 300 }, (_, i) => `f/${String(i).padStart(3, '0')}`);
    await load(dockerArchive({ tags: ['acme/many:1'], layers: [files] }));
    await type('drydock files acme/many:1');
    await log.getByRole('button', { name: /more lines$/ }).waitFor();
    await type('docker login -u ada -p s3cret 127.0.0.1:1');
    await log.locator('.error').waitFor();
    await type('docker login -u ada --password=s3cret 127.0.0.1:1');
    await expect.poll(() => log.locator('.error').count()).toBe(2);
    expect(await log.innerText()).not.toContain('f/299');
    const download = app.page.waitForEvent('download');
    await app.page.getByRole('button', { name: 'Save session as a text file' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(files.filter((path) => !text.includes(path))).toEqual([]);
    expect(text).not.toContain('more lines');
    expect(text).toContain('\n$ docker login -u ada -p •••••••• 127.0.0.1:1\n');
    expect(text).toContain('\n$ docker login -u ada --password=•••••••• 127.0.0.1:1\n');
    expect(text).not.toContain('s3cret');
  });

  it('is copied with its command, alone, or with the session: passwords never', async () => {
    await openConsole();
    await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const press = async (button: Locator): Promise<string> => {
      await app.page.evaluate(() => navigator.clipboard.writeText('nothing'));
      await button.click();
      const read = () => app.page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(read).not.toBe('nothing');
      return read();
    };
    await type('docker inspect https://ada:s3cret@host/app');
    const entry = log.locator('section').first();
    await entry.locator('.error').waitFor();
    const line = await press(entry.getByRole('button', { name: 'Copy command' }));
    expect(line).toBe('docker inspect https://ada:••••••••@host/app');
    const output = await press(entry.getByRole('button', { name: 'Copy output' }));
    expect(output).toBe('[]\nError: No such object: https://ada:••••••••@host/app\n');
    await type('docker images');
    await log.getByText('REPOSITORY').waitFor();
    const session = await press(app.page.getByRole('button', { name: 'Copy session' }));
    expect(session).toBe(
      `$ ${line}\n${output}\n$ docker images\nREPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n`,
    );
  });

  it('of a line that was pasted with its prompt offers the line without it', async () => {
    await openConsole();
    await type('[root@host ~]# docker images');
    await log.getByRole('button', { name: 'docker images' }).click();
    expect(await value()).toBe('docker images');
    await command.press('Enter');
    await log.getByText('REPOSITORY').waitFor();
  });

  it('that is a file can be looked at, and saved; an image is saved at once', async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await type('drydock cat acme/api:1.0 etc/os-release > release.txt');
    await log.getByRole('button', { name: 'Open release.txt' }).click();
    await log.getByText('ID=test').waitFor();
    const download = app.page.waitForEvent('download');
    await log.getByRole('button', { name: 'Save release.txt' }).click();
    expect((await download).suggestedFilename()).toBe('release.txt');
    await answerSaveDialog(app.page);
    await type('docker save -o out/api.tar acme/api:1.0');
    await log.getByText('Saved').waitFor();
    const start = await app.page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory();
      const handle = await folder.getFileHandle('api.tar');
      return (await handle.getFile()).slice(0, 5).text();
    });
    expect(start).toBe('blobs');
  });

  it('is cleared by Ctrl-L, and the focus stays in the line', async () => {
    await openConsole();
    await type('help');
    await log.getByText('Commands:').waitFor();
    await command.press('Control+l');
    await log.getByText('Commands:').waitFor({ state: 'detached' });
    expect(await command.evaluate((field) => field === document.activeElement)).toBe(true);
  });
});

describe('a command that runs', () => {
  it('shows how far it is, and is ended by Ctrl-C with nothing changed', async () => {
    await openConsole();
    const large = { path: 'large', content: new Uint8Array(300_000_000) };
    const file = await writeTestFile('large.tar', dockerArchive({ layers: [[large]] }));
    const chooser = app.page.waitForEvent('filechooser');
    await type('docker load -i large.tar');
    await (await chooser).setFiles(file.path);
    await log.getByRole('progressbar').waitFor();
    await command.press('Control+c');
    await log.getByText('Cancelled. Nothing changed.').waitFor();
    await type('docker images -q');
    await expect.poll(() => log.locator('section').count()).toBe(2);
    expect(await log.locator('section').last().locator('.output').count()).toBe(0);
    await file.remove();
  });

  it('asks its question in the console, and takes y for a yes', async () => {
    await openConsole();
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await type('docker image prune --all');
    await log.getByText('Are you sure you want to continue? [y/N]').waitFor();
    await log.getByRole('button', { name: 'No' }).click();
    await log.getByRole('button', { name: 'Yes' }).waitFor({ state: 'detached' });
    await log.getByText('[y/N] N').waitFor();
    await type('docker image prune --all');
    await log.getByRole('button', { name: 'Yes' }).waitFor();
    expect(await command.evaluate((field) => field === document.activeElement)).toBe(true);
    await type('y');
    await log.getByText('Untagged: acme/api:1.0').waitFor();
    await log.getByRole('button', { name: 'Yes' }).waitFor({ state: 'detached' });
    await command.press('ArrowUp');
    expect(await value()).toBe('docker image prune --all');
  });

  it('shows its question below however much was said before', async () => {
    await openConsole();
    for (let time = 1; time <= 4; time++) {
      await type('docker image --help');
      await expect.poll(() => log.getByText('Usage:').count()).toBe(time);
    }
    for (let time = 0; time < 5; time++) {
      await type('docker image prune --all');
      const no = app.page.getByRole('button', { name: 'No' });
      await no.waitFor();
      await expect
        .poll(() => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight))
        .toBeLessThan(2);
      await no.click({ timeout: 5000 });
      await no.waitFor({ state: 'detached' });
    }
    // Who goes back stays there.
    await log.hover();
    await app.page.mouse.wheel(0, -300);
    await expect
      .poll(() => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight))
      .toBeGreaterThan(200);
  });

  it('gives the line back where the file dialog is dismissed', async () => {
    await openConsole();
    const chooser = app.page.waitForEvent('filechooser');
    await type('docker load -i image.tar');
    await chooser;
    await log.getByRole('button', { name: 'Cancel' }).click();
    await log.getByText('open image.tar: no such file or directory').waitFor();
  });
});

describe('with a finger', () => {
  it('completes by taps, and keeps the keyboard open', async () => {
    await openConsole({ viewport: { width: 360, height: 740 }, isTouch: true });
    await load(dockerArchive({ tags: ['acme/api:1.0'] }));
    await command.tap();
    await command.pressSequentially('docker imag');
    await options(app.page).filter({ hasText: 'List images' }).tap();
    await expect.poll(value).toBe('docker images ');
    await app.page.getByRole('button', { name: 'Complete' }).tap();
    await expect.poll(value).toBe('docker images acme/api:1.0 ');
    expect(await command.evaluate((field) => field === document.activeElement)).toBe(true);
  });
});
