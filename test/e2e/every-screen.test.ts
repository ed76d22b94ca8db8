import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { tarOf } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const ARCHIVE = Buffer.from(tarOf(docker110([IMAGE])));
const TAR = 'application/x-tar';

interface Screen {
  readonly name: string;
  readonly route: string;
  /** Brings it about, on its route, and waits until it is there. */
  readonly show: (page: Page) => Promise<void>;
}

const imagePage = (tab: string): string => `#/images/${IMAGE.imageId}/${tab}`;

async function heading(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('heading').first().waitFor();
}

async function choose(page: Page): Promise<void> {
  await page.getByRole('row', { name: 'acme/api' }).getByRole('checkbox').click();
  await page.getByText('1 selected').waitFor();
}

function dialog(button: string): Screen {
  const show = async (page: Page): Promise<void> => {
    await choose(page);
    const selection = page.getByRole('region', { name: 'Selection' });
    await selection.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
  };
  return { name: `the dialog ${button}`, route: '#/images', show };
}

/** Everything there is to be seen of the app with one image stored. */
const SCREENS: readonly Screen[] = [
  { name: 'images', route: '#/images', show: heading },
  { name: 'images, one chosen', route: '#/images', show: choose },
  {
    name: 'files',
    route: imagePage('files'),
    show: (page) => page.getByRole('treegrid').getByRole('row').nth(1).waitFor(),
  },
  {
    name: 'a file',
    route: `${imagePage('files')}?path=${encodeURIComponent('app/run.sh')}`,
    show: (page) => page.getByRole('treegrid').getByRole('row').nth(1).waitFor(),
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
      await page.getByText('Table', { exact: true }).click();
      await page.getByRole('table').first().waitFor();
    },
  },
  {
    name: 'configuration',
    route: imagePage('config'),
    show: (page) => page.getByText('Entrypoint').first().waitFor(),
  },
  {
    name: 'configuration as JSON',
    route: imagePage('config'),
    show: async (page) => {
      await page.getByText('Config JSON', { exact: true }).click();
      await page.getByText('"rootfs"').first().waitFor();
    },
  },
  dialog('Save'),
  dialog('Tag'),
  dialog('Remove'),
  {
    name: 'pull',
    route: '#/pull',
    show: (page) => page.getByRole('searchbox').or(page.getByRole('combobox')).first().waitFor(),
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
    show: (page) => page.getByRole('heading', { name: 'About' }).waitFor(),
  },
  {
    name: 'the palette',
    route: '#/images',
    show: async (page) => {
      await page.getByRole('button', { name: 'Command palette' }).click();
      await page.getByRole('listbox', { name: 'Results' }).getByRole('option').first().waitFor();
    },
  },
  {
    name: 'an error card',
    route: '#/images',
    show: async (page) => {
      const nothing = {
        name: 'picture.tar',
        mimeType: TAR,
        buffer: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      };
      await page.getByLabel('Open image archive').setInputFiles(nothing);
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'no such page', route: '#/nowhere', show: heading },
];

let app: App;

async function load({ page }: App): Promise<void> {
  const file = { name: 'api.tar', mimeType: TAR, buffer: ARCHIVE };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await page.getByRole('row', { name: 'acme/api' }).getByText('Verified').waitFor();
}

/** Goes to a screen from nowhere: nothing of the one before it is left. */
async function open({ page }: App, { route, show }: Screen): Promise<void> {
  await page.goto('about:blank');
  await page.goto(appUrl + route);
  await show(page);
}

let appUrl: string;

async function start(options: Parameters<typeof openApp>[0]): Promise<void> {
  app = await openApp(options);
  appUrl = app.page.url().split('#')[0] ?? '';
}

afterEach(async () => {
  await app.close();
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  beforeEach(() => start({ colorScheme }));

  it('every screen can be used by all', async () => {
    const { page } = app;
    const amiss: Record<string, readonly string[]> = {};
    const check = async (name: string): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.map(
        ({ id, help, nodes }) =>
          `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 100)).join()}`,
      );
      if (told.length > 0) amiss[name] = told;
    };
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.getByText('Drop an image archive here').waitFor();
    await check('nothing stored');
    await load(app);
    for (const screen of SCREENS) {
      await open(app, screen);
      await check(screen.name);
    }
    expect(amiss).toEqual({});
  }, 180_000);
});

describe('on a phone', () => {
  beforeEach(() => start({ viewport: { width: 360, height: 740 }, isTouch: true }));

  it('no screen is wider than the phone, or has anything beyond its edge that cannot be scrolled to', async () => {
    await load(app);
    const wide: Record<string, readonly string[]> = {};
    for (const screen of SCREENS) {
      await open(app, screen).catch((error: unknown) => {
        wide[screen.name] = [String(error).slice(0, 300)];
      });
      const beyond = await app.page.evaluate(findBeyond);
      if (beyond.length > 0) wide[screen.name] = beyond;
    }
    expect(wide).toEqual({});
  }, 180_000);
});

describe('at every width', () => {
  beforeEach(() => start({ viewport: { width: 700, height: 900 } }));

  it('no screen is wider than its window, or has anything beyond its edge that cannot be scrolled to', async () => {
    const { page } = app;
    await load(app);
    const wide: Record<string, readonly string[]> = {};
    for (const screen of SCREENS) {
      await page.setViewportSize({ width: 700, height: 900 });
      await open(app, screen);
      for (const width of [700, 1000, 1920, 3840]) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(() => new Promise(requestAnimationFrame));
        const beyond = await page.evaluate(findBeyond);
        if (beyond.length > 0) wide[`${screen.name}, ${width} px wide`] = beyond;
      }
    }
    expect(wide).toEqual({});
  }, 180_000);
});

describe('between a phone and a desktop', () => {
  beforeEach(() => start({ viewport: { width: 700, height: 900 } }));

  it('names have room before what is told beside them', async () => {
    const { page } = app;
    await load(app);
    const name = page.getByRole('row', { name: 'acme/api' }).getByRole('link').first();
    expect(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(
      0,
    );
    expect((await name.boundingBox())?.width).toBeGreaterThan(40);
    await page.goto(`${appUrl}${imagePage('files')}?path=${encodeURIComponent('app/run.sh')}`);
    const file = page.getByRole('treegrid').getByText('app', { exact: true });
    await file.waitFor({ state: 'attached' });
    expect((await file.boundingBox())?.width).toBeGreaterThan(20);
  });
});

/** Runs in the page: what makes it scroll sideways, and controls that lie beyond its edge where nothing scrolls. */
function findBeyond(): string[] {
  const width = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
  const scrolls = (element: Element | null): boolean =>
    element !== null &&
    (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  for (const control of document.querySelectorAll('a[href], button, input, select, textarea')) {
    const { left, right, height } = control.getBoundingClientRect();
    const isSeen = height > 1 && right - left > 1 && control.checkVisibility();
    if (isSeen && (right > width + 1 || left < -1) && !scrolls(control)) {
      found.push(control.outerHTML.slice(0, 120));
    }
  }
  return found;
}

describe('the file input', () => {
  beforeEach(() => start({}));

  it('is on every screen, once', async () => {
    await load(app);
    const counts: Record<string, number> = {};
    for (const screen of SCREENS) {
      await open(app, screen);
      counts[screen.name] = await app.page.locator('input[type=file]').count();
      const labelled = await app.page.getByLabel('Open image archive').count();
      if (labelled !== 1) counts[`${screen.name}, labelled`] = labelled;
    }
    expect(counts).toEqual(Object.fromEntries(SCREENS.map(({ name }) => [name, 1])));
  }, 120_000);
});
