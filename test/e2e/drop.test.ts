import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../support/app';
import { dockerArchive, run, writeTestFile } from '../support/page-files';
import { ENGLISH, loadImages, openScreen, screensOf } from '../support/screens';

const SCREENS = screensOf(ENGLISH);

/** Drags a file over the middle of the page, where it is told in front of all else what that does, and lets it go. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const place = { x: 720, y: 450, data };
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...place });
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...place });
  await page.locator('[popover]:popover-open').getByText('Drop to open').waitFor();
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...place });
  await page.getByText('Drop to open').waitFor({ state: 'detached' });
  await session.detach();
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
    const stored = async (): Promise<string> =>
      (await run(page, `docker images -q acme/dropped:${n}`)).stdout;
    for (let tries = 0; tries < 100 && (await stored()) === ''; tries++) {
      await page.waitForTimeout(100);
    }
    if ((await stored()) === '') amiss[screen.name] = 'nothing was loaded';
    const after = await page.locator('dialog[open]').count();
    if (after !== before) amiss[`${screen.name}, dialogs`] = { before, after };
    await file.remove();
  }
  expect(amiss).toEqual({});
}, 240_000);
