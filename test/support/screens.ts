import type { Locator, Page } from 'playwright-core';
import type { Texts } from '../../src/app/i18n.svelte';
import { firstEn } from '../../src/i18n/messages';
import { laterEn } from '../../src/i18n/later-en';
import { buildImage, docker110 } from './archive-builder';
import { tarOf } from './tar-builder';

/** A state of the app in which somebody may look at it. */
export interface Screen {
  readonly name: string;
  readonly route: string;
  /** Brings it about, on its route, and waits until it is there. */
  readonly show: (page: Page) => Promise<void>;
  /** Workers are held, so that a load stays where it is: nothing else can be loaded. */
  readonly isHeld?: true;
  /** A phone has another way to it. */
  readonly needsPointer?: true;
}

type NamedFile = ReturnType<typeof tarFile>;

export const ENGLISH: Texts = { ...firstEn, ...laterEn };

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const OTHER = buildImage({
  tags: ['acme/web:2.0', 'acme/web:latest'],
  architecture: 'arm64',
  layers: [[{ path: 'srv/index.html', content: '<h1>Ahoy</h1>\n' }]],
});
const INCOMING = buildImage({
  tags: ['acme/incoming:3'],
  layers: [[{ path: 'data', content: 'x'.repeat(2000) }]],
});
const ROOTFS = ['bin/', 'etc/', 'usr/', 'var/', 'proc/', 'sys/', 'dev/', '.dockerenv'];

function tarFile(name: string, content: Uint8Array) {
  return { name, mimeType: 'application/x-tar', buffer: Buffer.from(content) };
}

/** An archive with one byte of its last layer changed. */
function damaged(): NamedFile {
  const file = tarFile('damaged.tar', tarOf(docker110([IMAGE])));
  file.buffer.writeUInt8(0x58, file.buffer.indexOf('#!/bin/sh'));
  return file;
}

const choose = (page: Page, file: NamedFile): Promise<void> =>
  page.getByLabel('Open image archive').setInputFiles(file);

export const rowOf = (page: Page, name: string): Locator => page.getByRole('row', { name });

/** Loads the two images that the screens show. */
export async function loadImages(page: Page, { library }: Texts = ENGLISH): Promise<void> {
  await choose(page, tarFile('both.tar', tarOf(docker110([IMAGE, OTHER]))));
  for (const name of ['acme/api', 'acme/web']) {
    await rowOf(page, name).getByText(library.verified).waitFor();
  }
}

/** Goes to a screen from nowhere: nothing of the one before it is left. `url` is the app's. */
export async function openScreen(page: Page, url: string, { route, show }: Screen): Promise<void> {
  await page.goto('about:blank');
  await page.goto(url + route);
  await show(page);
}

export const imagePage = (tab: string): string => `#/images/${IMAGE.imageId}/${tab}`;

async function heading(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('heading').first().waitFor();
}

const tree = (page: Page): Promise<void> =>
  page.getByRole('treegrid').getByRole('row').nth(1).waitFor();

const dialog = (page: Page): Locator =>
  page.getByRole('dialog').or(page.getByRole('alertdialog')).first();

/** Everything there is to be seen of the app with two images stored, in the language of `texts`. */
export function screensOf(texts: Texts): readonly Screen[] {
  return [...libraryScreens(texts), ...dialogs(texts), ...imageScreens(texts), ...others(texts)];
}

function libraryScreens({ library }: Texts): readonly Screen[] {
  const select = async (page: Page, names: readonly string[]): Promise<void> => {
    for (const name of names) await rowOf(page, name).getByRole('checkbox').click();
    await page.getByText(library.selected(names.length)).waitFor();
  };
  const route = '#/images';
  return [
    { name: 'images', route, show: (page) => rowOf(page, 'acme/web').waitFor() },
    { name: 'images, one chosen', route, show: (page) => select(page, ['acme/api']) },
    {
      name: 'images, several chosen',
      route,
      show: (page) => select(page, ['acme/api', 'acme/web']),
    },
    {
      name: 'images, one on its way',
      route,
      isHeld: true,
      show: async (page) => {
        await rowOf(page, 'acme/web').waitFor();
        await page.evaluate(() => {
          Worker.prototype.postMessage = () => undefined;
        });
        await choose(page, tarFile('incoming.tar', tarOf(docker110([INCOMING]))));
        await rowOf(page, 'acme/incoming').getByRole('progressbar').waitFor();
      },
    },
    {
      name: 'the actions of an image',
      route,
      needsPointer: true,
      show: async (page) => {
        await rowOf(page, 'acme/api').hover();
        await page.getByRole('button', { name: library.actionsFor('acme/api:1.0') }).click();
        await page.getByRole('menuitem').first().waitFor();
      },
    },
  ];
}

function dialogs({ library, errors }: Texts): readonly Screen[] {
  const route = '#/images';
  const ofSelection = (button: string): Screen => ({
    name: `the dialog ${button}`,
    route,
    show: async (page) => {
      await rowOf(page, 'acme/api').getByRole('checkbox').click();
      const selection = page.getByRole('region', { name: library.selection });
      await selection.getByRole('button', { name: button, exact: true }).click();
      await dialog(page).waitFor();
    },
  });
  const push: Screen = {
    name: `the dialog ${library.pushMore}`,
    route,
    needsPointer: true,
    show: async (page) => {
      await rowOf(page, 'acme/api').hover();
      await page.getByRole('button', { name: library.actionsFor('acme/api:1.0') }).click();
      await page.getByRole('menuitem', { name: library.pushMore }).click();
      await dialog(page).waitFor();
    },
  };
  const prune: Screen = {
    name: `the dialog ${library.pruneMore}`,
    route: '#/settings',
    show: async (page) => {
      await page.getByRole('button', { name: library.pruneMore }).click();
      await dialog(page).waitFor();
    },
  };
  const refused = (name: string, file: NamedFile, button?: string): Screen => ({
    name,
    route,
    show: async (page) => {
      await rowOf(page, 'acme/web').waitFor();
      await choose(page, file);
      await page.getByRole('alertdialog').waitFor();
      if (button === undefined) return;
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').waitFor();
    },
  });
  const rootfs = tarFile('box.tar', tarOf(ROOTFS));
  return [
    ofSelection(library.save),
    ofSelection(library.tagVerb),
    ofSelection(library.remove),
    push,
    prune,
    refused('the card of what is no image', tarFile('picture.tar', Buffer.from('\x89PNG\r\n'))),
    refused('the card of a damaged image', damaged()),
    refused('the card of a root filesystem', rootfs),
    refused('the dialog Import', rootfs, errors.importImage),
    {
      name: 'images, one of them damaged',
      route,
      show: async (page) => {
        await choose(page, damaged());
        await page.getByRole('button', { name: errors.lookInside }).click();
        await tree(page);
        await page.evaluate(() => (location.hash = '#/images'));
        await page.getByText(library.corrupt).first().waitFor();
      },
    },
  ];
}

function imageScreens({ history, config }: Texts): readonly Screen[] {
  const file = `${imagePage('files')}?path=${encodeURIComponent('app/run')}`;
  return [
    { name: 'files', route: imagePage('files'), show: tree },
    {
      name: 'a file',
      route: file,
      show: async (page) => {
        await tree(page);
        // Where the preview is a drawer, an address alone does not open it.
        await page.getByRole('treegrid').getByRole('row', { selected: true }).click();
        await page.getByText('#!/bin/sh').waitFor();
      },
    },
    {
      name: 'history',
      route: imagePage('history'),
      show: (page) => page.getByText('FROM').first().waitFor(),
    },
    {
      name: 'history as a table',
      route: imagePage('history'),
      show: async (page) => {
        await page.getByText(history.table, { exact: true }).click();
        await page.getByRole('table').first().waitFor();
      },
    },
    {
      name: 'configuration',
      route: imagePage('config'),
      show: (page) => page.getByText(config.entrypoint).first().waitFor(),
    },
    {
      name: 'configuration as JSON',
      route: imagePage('config'),
      show: async (page) => {
        await page.getByText(config.rawConfig, { exact: true }).click();
        await page.getByText('"rootfs"').first().waitFor();
      },
    },
    { name: 'no such image', route: `#/images/sha256:${'0'.repeat(64)}/files`, show: heading },
  ];
}

function others({ shell, palette, settings, login, pull }: Texts): readonly Screen[] {
  return [
    {
      name: 'pull',
      route: '#/pull',
      show: (page) => page.getByLabel(pull.searchLabel).first().waitFor(),
    },
    {
      name: 'console',
      route: '#/console',
      show: async (page) => {
        await page.getByRole('textbox', { name: 'Command' }).fill('docker images');
        await page.keyboard.press('Enter');
        await page.getByRole('log').getByRole('link').first().waitFor();
      },
    },
    {
      name: 'settings',
      route: '#/settings',
      show: (page) => page.getByRole('heading', { name: settings.about }).waitFor(),
    },
    {
      name: 'the dialog Log in',
      route: '#/settings',
      show: async (page) => {
        await page.getByRole('button', { name: login.logIn, exact: true }).click();
        await dialog(page).waitFor();
      },
    },
    {
      name: 'the palette',
      route: '#/images',
      show: async (page) => {
        await page.getByRole('button', { name: shell.palette }).click();
        await page
          .getByRole('listbox', { name: palette.results })
          .getByRole('option')
          .first()
          .waitFor();
      },
    },
    { name: 'no such page', route: '#/nowhere', show: heading },
  ];
}
