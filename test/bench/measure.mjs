/* global document -- what runs in the page */
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from './browser-app.mjs';
import { startFrames, stopFrames } from './frames.mjs';
import { MemorySampler } from './memory.mjs';

const IDLE_AFTER_MS = 5_000;
const SECOND = 1000;

/**
 * Gives the app a file as a user does, opens the image as soon as it is listed, and waits until it is stored.
 * @returns {Promise<{ firstRows: number, stored: number, memory: number }>} Seconds from the choice of the file; MB over idle.
 */
export async function measureLoad(url, profile, file) {
  const { context, page } = await openApp(url, profile);
  try {
    await sleep(IDLE_AFTER_MS);
    const memory = new MemorySampler(profile.folder);
    const idle = memory.now();
    await page.evaluate(() => void (globalThis.benchTimeline.openFirstImage = true));
    memory.start();
    await page.getByLabel('Open image archive').setInputFiles(file);
    const stored = await untilStored(page);
    const { chosen, treeRow } = await seen(page, 'treeRow');
    return {
      firstRows: (treeRow - chosen) / SECOND,
      stored: (stored - chosen) / SECOND,
      memory: memory.stop() - idle,
    };
  } finally {
    await context.close();
  }
}

/** Resolves to the page's time in milliseconds when it told that the load is done. */
async function untilStored(page) {
  const { toast } = await seen(page, 'toast');
  const { stdout } = await page.evaluate(() => globalThis.drydock.run('docker images --quiet'));
  if (stdout === '') throw new Error('The load is done, and no image is stored.');
  return toast;
}

/** What the page has recorded, once that includes the thing named. */
async function seen(page, name) {
  const isSeen = (key) => globalThis.benchTimeline.seen[key] !== undefined;
  // With each frame it would be asked for frames.
  await page.waitForFunction(isSeen, name, { polling: 100 });
  return page.evaluate(() => globalThis.benchTimeline.seen);
}

/**
 * Opens the app again with what it has stored.
 * @returns {Promise<{ list: number, tree: number, scripts: number }>} Milliseconds after the page's scripts ran, until the list of images and
 * until an image's merged tree show rows; bytes of the scripts fetched before the list shows rows, gzip.
 */
export async function measureReopen(url, profile) {
  const list = await reopen(url, profile, '#/images', 'imageRow');
  const tree = await reopen(url, profile, list.href, 'treeRow');
  return { list: list.milliseconds, tree: tree.milliseconds, scripts: list.scripts };
}

async function reopen(url, profile, route, name) {
  const { context, page, scripts } = await openApp(url, profile, route);
  try {
    const at = (await seen(page, name))[name];
    const gzipBytes = await scripts.gzipBytesBefore(at);
    const { ran, href } = await page.evaluate(() => ({
      ran: performance.getEntriesByType('navigation')[0].domContentLoadedEventStart,
      href: document.querySelector('table a[href^="#/images/sha256:"]')?.getAttribute('href'),
    }));
    return { milliseconds: Math.max(0, at - ran), scripts: gzipBytes, href };
  } finally {
    await context.close();
  }
}

/** Milliseconds of the longest frame while a layer is listed, scrolled and filtered. The profile has that one image stored. */
export async function measureFrames(url, profile) {
  const { context, page } = await openApp(url, profile);
  try {
    await seen(page, 'imageRow');
    await startFrames(page);
    await page.locator('table a[href^="#/images/sha256:"]').first().click();
    await seen(page, 'treeRow');
    const listed = await stopFrames(page);
    await startFrames(page);
    await scrollTree(page);
    const scrolled = await stopFrames(page);
    await startFrames(page);
    await filterTree(page);
    const filtered = await stopFrames(page);
    return { listed: listed.longest, scrolled: scrolled.longest, filtered: filtered.longest };
  } finally {
    await context.close();
  }
}

/** Opens the folder of 100,000 files and turns the wheel. */
async function scrollTree(page) {
  const rows = page.getByRole('treegrid').getByRole('row');
  await rows.filter({ hasText: 'one' }).first().dblclick();
  await rows.nth(1).hover();
  const first = () => rows.nth(1).getAttribute('aria-rowindex');
  const before = await first();
  for (let n = 0; n < 60; n++) {
    await page.mouse.wheel(0, 100 * n);
    await sleep(16);
  }
  if ((await first()) === before) throw new Error('The tree has not scrolled.');
}

/** Types a filter that some hundreds of entries match, and takes it away. */
async function filterTree(page) {
  const field = page.getByRole('searchbox').first();
  const matched = page.getByRole('treegrid').getByRole('row').filter({ hasText: 'file-29990' });
  await field.pressSequentially('file-2999', { delay: 60 });
  await matched.first().waitFor();
  await sleep(SECOND);
  await field.fill('');
  await sleep(SECOND);
}
