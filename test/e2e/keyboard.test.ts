import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { tarOf } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/api:1.0'] });
const ARCHIVE = {
  name: 'api.tar',
  mimeType: 'application/x-tar',
  buffer: Buffer.from(tarOf(docker110([IMAGE]))),
};

interface Focused {
  readonly name: string;
  /** Whether one can see that it has the focus: an outline, on it or on what frames it. */
  readonly isSeen: boolean;
}

let app: App;

beforeEach(async () => {
  app = await openApp();
});

afterEach(() => app.close());

/** What has the focus. Runs in the page. */
function findFocused(): Focused {
  const element = document.activeElement ?? document.body;
  // Between the last element and the first.
  if (element === document.body) return { name: '', isSeen: false };
  const hasRing = (candidate: Element | null): boolean => {
    if (candidate === null || candidate === document.body) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(candidate);
    const isRinged = outlineStyle !== 'none' && outlineWidth !== '0px';
    return isRinged || hasRing(candidate.parentElement);
  };
  const name = element.getAttribute('aria-label') ?? element.textContent.trim();
  return { name: name.replaceAll(/\s+/g, ' '), isSeen: hasRing(element) };
}

/** Presses Tab until the focus is on what is named so, and sees the focus on the way. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(findFocused);
    if (focused.name !== '') expect(focused).toEqual({ name: focused.name, isSeen: true });
    if (name.test(focused.name)) return;
    passed.push(focused.name.slice(0, 40));
  }
  throw new Error(`Tab does not lead to ${name}: ${passed.join(' | ')}`);
}

it('leads from an empty page to one file’s content, to saving, and back', async () => {
  const { page } = app;
  await page.getByText('Drop an image archive here').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page, /^(Choose|Open).*(file|archive)/i);
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(ARCHIVE);
  await page.getByRole('row', { name: 'acme/api' }).getByText('Verified').waitFor();
  await tabTo(page, /^acme\/api/);
  await page.keyboard.press('Enter');
  const tree = page.getByRole('treegrid');
  await tree.getByRole('row', { name: /^app/ }).waitFor();
  await tabTo(page, /^Files$/);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await tree.getByRole('row', { name: /^run/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('#!/bin/sh').first().waitFor();

  await tabTo(page, /^Save$/);
  const opener = await page.evaluate(findFocused);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate(findFocused)).toEqual(opener);

  await tabTo(page, /^Images$/);
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Images' }).waitFor();
}, 60_000);
