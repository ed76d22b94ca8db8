import { AxeBuilder } from '@axe-core/playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { ENGLISH, imagePage, loadImages, openScreen, screensOf } from '../support/screens';

const SCREENS = screensOf(ENGLISH);

let app: App;
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
    await loadImages(app.page);
    for (const screen of SCREENS) {
      await openScreen(app.page, appUrl, screen);
      await check(screen.name);
    }
    expect(amiss).toEqual({});
  }, 300_000);
});

describe('on a phone', () => {
  beforeEach(() => start({ viewport: { width: 360, height: 740 }, isTouch: true }));

  it('no screen is wider than the phone, or has anything beyond its edge that cannot be scrolled to', async () => {
    await app.page.emulateMedia({ reducedMotion: 'reduce' });
    await loadImages(app.page);
    const wide: Record<string, readonly string[]> = {};
    for (const screen of SCREENS.filter(({ needsPointer }) => !needsPointer)) {
      await openScreen(app.page, appUrl, screen).catch((error: unknown) => {
        wide[screen.name] = [String(error).slice(0, 300)];
      });
      const beyond = await app.page.evaluate(findBeyond);
      if (beyond.length > 0) wide[screen.name] = beyond;
    }
    expect(wide).toEqual({});
  }, 300_000);
});

describe('at every width', () => {
  beforeEach(() => start({ viewport: { width: 700, height: 900 } }));

  it('no screen is wider than its window, or has anything beyond its edge that cannot be scrolled to', async () => {
    const { page } = app;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await loadImages(page);
    const wide: Record<string, readonly string[]> = {};
    for (const screen of SCREENS) {
      await page.setViewportSize({ width: 700, height: 900 });
      await openScreen(app.page, appUrl, screen);
      for (const width of [700, 1000, 1920, 3840]) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(() => new Promise(requestAnimationFrame));
        const beyond = await page.evaluate(findBeyond);
        if (beyond.length > 0) wide[`${screen.name}, ${width} px wide`] = beyond;
      }
    }
    expect(wide).toEqual({});
  }, 300_000);
});

describe('between a phone and a desktop', () => {
  beforeEach(() => start({ viewport: { width: 700, height: 900 } }));

  it('names have room before what is told beside them', async () => {
    const { page } = app;
    await loadImages(app.page);
    const name = page.getByRole('row', { name: 'acme/api' }).getByRole('link').first();
    expect(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(
      0,
    );
    expect((await name.boundingBox())?.width).toBeGreaterThan(40);
    await page.goto(`${appUrl}${imagePage('files')}?path=${encodeURIComponent('app/run')}`);
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
