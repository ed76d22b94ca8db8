import { AxeBuilder } from '@axe-core/playwright';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';

const API = buildImage({ tags: ['acme/api:1.0', 'acme/api:stable'] });
const WEB = buildImage({ tags: ['web:2'], config: { created: '2025-03-04T05:06:07Z' } });

const images = (page: Page): Locator => page.getByRole('table', { name: 'Images' });
const row = (page: Page, name: string): Locator => images(page).getByRole('row', { name });
const dialog = (page: Page): Locator => page.getByRole('dialog');

async function docker(page: Page, line: string): Promise<string> {
  return page.evaluate(async (text) => (await window.drydock.run(text)).stdout, `docker ${line}`);
}

const names = (page: Page): Promise<string> =>
  docker(page, "images --format '{{.Repository}}:{{.Tag}}'");

let app: App;
let page: Page;

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  const buffer = Buffer.from(tarOf(docker110([API, WEB])));
  const file = { name: 'both.tar', mimeType: 'application/x-tar', buffer };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await row(page, 'web').getByText('Verified').waitFor();
});

afterEach(async () => {
  await app.close();
});

describe('removing by mouse', () => {
  it('says what goes and what stays, and asks docker the same', async () => {
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
    await page.getByRole('region', { name: 'Selection' }).getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    const plan = dialog(page).getByRole('table', { name: 'What will happen' });
    await plan.getByRole('row', { name: /^keep/ }).waitFor();
    expect(await plan.getByRole('row', { name: /^untag/ }).allInnerTexts()).toEqual([
      expect.stringContaining('acme/api:1.0'),
      expect.stringContaining('web:2'),
    ]);
    await plan.getByRole('row', { name: /^keep.*still tagged acme\/api:stable/ }).waitFor();
    await dialog(page).getByText('docker rmi acme/api:1.0 web:2').waitFor();
  });

  it('untags at once, and gives back what is undone', async () => {
    await row(page, 'web').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await row(page, 'web').waitFor({ state: 'detached' });
    expect(await names(page)).toBe('acme/api:1.0\nacme/api:stable\n');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'web').getByText('Verified').waitFor();
    expect(await docker(page, 'images -q --no-trunc web')).toBe(`${WEB.imageId}\n`);
    const verified = await page.evaluate(() => window.drydock.run('drydock verify'));
    expect(verified.exitCode).toBe(0);
  });

  it('frees the bytes when the offer to undo is sent away', async () => {
    const blobs = (): Promise<number> =>
      page.evaluate(async () => {
        const { stdout } = await window.drydock.run('drydock verify --format json');
        return (JSON.parse(stdout) as { blobs: number }).blobs;
      });
    const before = await blobs();
    await row(page, 'web').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    const offer = page.getByRole('status').filter({ hasText: 'Removed web:2' });
    await offer.getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(blobs).toBeLessThan(before);
  });

  it('takes all names of an image where that is chosen, and leaves its page', async () => {
    await row(page, 'api').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog(page)
      .getByRole('checkbox', { name: /Also remove the other tag/ })
      .click();
    await dialog(page).getByText('docker rmi acme/api:1.0 acme/api:stable').waitFor();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await row(page, 'web').waitFor();
    expect(await names(page)).toBe('web:2\n');
  });

  it('begins with the safe answer, and Escape takes it', async () => {
    await row(page, 'web').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByRole('table').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Cancel');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'web').waitFor();
  });
});

describe('tagging by mouse', () => {
  it('checks a name as it is typed, in the words of docker, and gives it', async () => {
    await row(page, 'web').hover();
    await row(page, 'web').getByRole('button', { name: 'Actions for web:2' }).click();
    await page.getByRole('menuitem', { name: 'Tag…' }).click();
    const field = dialog(page).getByRole('textbox', { name: 'New name' });
    const submit = dialog(page).getByRole('button', { name: 'Tag', exact: true });
    await field.fill('Web:3');
    await dialog(page).getByText('must be lowercase').waitFor();
    expect(await submit.isDisabled()).toBe(true);
    const copy = dialog(page).getByRole('button', { name: 'Copy the command' });
    expect(await copy.count()).toBe(0);
    await field.fill('acme/api:1.0');
    await copy.waitFor();
    await dialog(page)
      .getByText(`now names ${API.imageId.slice(7, 19)}`)
      .waitFor();
    await field.fill('docker.io/library/web:3');
    await dialog(page).getByText('Becomes web:3').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Tagged web:3').waitFor();
    expect(await docker(page, 'images -q --no-trunc web:3')).toBe(`${WEB.imageId}\n`);
  });
});

describe('choosing images', () => {
  it('extends with shift, and Escape lets go', async () => {
    await page.getByRole('checkbox', { name: 'Select web:2' }).click();
    await page
      .getByRole('checkbox', { name: 'Select acme/api:1.0' })
      .click({ modifiers: ['Shift'] });
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('2 selected').waitFor({ state: 'detached' });
  });
});

describe('saving by mouse', () => {
  it('downloads what the same command writes, and leaves it loadable', async () => {
    // Without the browser's file dialog, which a headless one has not got, a save is a download.
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await page.reload();
    await row(page, 'api').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog(page)
      .getByText('docker save -o api_1.0.tar acme/api:1.0 acme/api:stable')
      .waitFor();
    await dialog(page)
      .getByRole('radio', { name: /^OCI layout/ })
      .click();
    await dialog(page).getByText('drydock save --type oci -o').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog(page).getByRole('button', { name: 'Save' }).click(),
    ]);
    await page.getByRole('status').getByText('Saved api_1.0.tar').waitFor();
    expect(download.suggestedFilename()).toBe('api_1.0.tar');
    const saved = await readFile(await download.path());
    const written = await page.evaluate(async () => {
      const line = 'drydock save --type oci -o x acme/api:1.0 acme/api:stable';
      const { files } = await window.drydock.run(line);
      const bytes = await files['x']?.arrayBuffer();
      return Array.from(
        new Uint8Array(await crypto.subtle.digest('SHA-256', bytes ?? new ArrayBuffer())),
      );
    });
    expect([...createHash('sha256').update(saved).digest()]).toEqual(written);
  });
});

describe('on a phone', () => {
  it('the page of an image has its actions in a menu', async () => {
    await row(page, 'web').getByRole('link').first().click();
    await page.setViewportSize({ width: 360, height: 740 });
    const menu = page.getByRole('button', { name: 'Actions for web:2' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /^Save/ }).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('[role=menuitem]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await dialog(page)
      .getByRole('heading', { name: /Remove/ })
      .waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(overflow).toBeLessThanOrEqual(360);
  });
});
