import type { Locator, Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '../support/app';
import { dockerArchive, run, writeTestFile } from '../support/page-files';
import { ENGLISH, loadImages, openScreen, rowOf, screensOf } from '../support/screens';

const SCREENS = screensOf(ENGLISH);

/** A file that is held over the page. */
interface Drag {
  to(place: Place): Promise<void>;
  drop(): Promise<void>;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const MIDDLE: Place = { x: 720, y: 450 };

/** Brings a file into the page. */
async function drag(page: Page, path: string, from: Place): Promise<Drag> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  let at = from;
  const tell = async (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<void> => {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  };
  await tell('dragEnter');
  return {
    async to(place) {
      at = place;
      await tell('dragOver');
    },
    async drop() {
      await tell('drop');
      await session.detach();
    },
  };
}

/** Drags a file over the middle of the page, where it is told in front of all else what that does, and lets it go. */
async function drop(page: Page, path: string): Promise<void> {
  const held = await drag(page, path, MIDDLE);
  await held.to(MIDDLE);
  await page.locator('[popover]:popover-open').getByText('Drop to open').waitFor();
  await held.drop();
  await page.getByText('Drop to open').waitFor({ state: 'detached' });
}

async function loaded(page: Page, name: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await run(page, `docker images -q ${name}`)).stdout !== '') return true;
    await page.waitForTimeout(100);
  }
  return false;
}

it('a file that is dropped is opened, whatever is on the screen, and what is open stays; by choice it comes in through one input', async () => {
  const app = await openApp();
  onTestFinished(() => app.close());
  const { page } = app;
  const [url = ''] = page.url().split('#');
  await loadImages(page);
  const amiss: Record<string, unknown> = {};
  for (const [n, screen] of SCREENS.entries()) {
    await openScreen(page, url, screen);
    const inputs = await page.locator('input[type=file]').count();
    const named = await page.getByLabel('Open image archive').count();
    if (inputs !== 1 || named !== 1) amiss[`${screen.name}, inputs`] = { inputs, named };
    if (screen.isHeld) continue;
    const layers = [[{ path: 'dropped', content: String(n) }]];
    const content = dockerArchive({ tags: [`acme/dropped:${n}`], layers });
    const file = await writeTestFile(`dropped-${n}.tar`, content);
    const before = await page.locator('dialog[open]').count();
    await drop(page, file.path);
    if (!(await loaded(page, `acme/dropped:${n}`))) amiss[screen.name] = 'nothing was loaded';
    const after = await page.locator('dialog[open]').count();
    if (after !== before) amiss[`${screen.name}, dialogs`] = { before, after };
    await file.remove();
  }
  expect(amiss).toEqual({});
}, 240_000);

describe('a file is held over what is gone a moment later, and', () => {
  async function openWithFile(): Promise<{ page: Page; row: Locator; path: string }> {
    const app = await openApp();
    onTestFinished(() => app.close());
    await loadImages(app.page);
    const layers = [[{ path: 'dropped', content: 'late' }]];
    const content = dockerArchive({ tags: ['acme/dropped:late'], layers });
    const file = await writeTestFile('late.tar', content);
    onTestFinished(() => file.remove());
    return { page: app.page, row: rowOf(app.page, 'acme/api'), path: file.path };
  }

  async function middleOf(row: Locator): Promise<Place> {
    const box = await row.boundingBox();
    if (!box) throw new Error('The row is not shown.');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  async function removeAll(page: Page): Promise<void> {
    const { stdout } = await run(page, 'docker images -q');
    await run(page, `docker rmi -f ${stdout.trim().replaceAll('\n', ' ')}`);
  }

  it('is taken all the same where it is dropped', async () => {
    const { page, row, path } = await openWithFile();
    const place = await middleOf(row);
    const held = await drag(page, path, place);
    await held.to(place);
    await page.getByText('Drop to open').waitFor();
    await removeAll(page);
    await row.waitFor({ state: 'detached' });
    await held.drop();
    await page.getByText('Drop to open').waitFor({ state: 'detached' });
    expect(await loaded(page, 'acme/dropped:late')).toBe(true);
  });

  // The protocol has no word for a pointer that leaves the page.
  it('nothing is said any more where it is taken away', async () => {
    const { page, row } = await openWithFile();
    const dataTransfer = await page.evaluateHandle(() => {
      const held = new DataTransfer();
      held.items.add(new File(['late'], 'late.tar'));
      return held;
    });
    await row.dispatchEvent('dragenter', { dataTransfer });
    await page.getByText('Drop to open').waitFor();
    await removeAll(page);
    await row.waitFor({ state: 'detached' });
    const main = page.getByRole('main');
    await main.dispatchEvent('dragenter', { dataTransfer });
    await main.dispatchEvent('dragleave', { dataTransfer });
    await page.getByText('Drop to open').waitFor({ state: 'detached' });
  });
});
