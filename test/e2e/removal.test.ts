import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { humanSize } from '../../src/base/human-size';
import { openApp, type App } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';

/** Bytes that nothing packs: the browser's own account of them is what they are. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(bytes);
  let state = 1;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[i] = state >>> 24;
  }
  return content;
}

const BASE = [{ path: 'etc/motd', content: 'hello\n' }];
const LARGE_BYTES = 8_000_000;
const LARGE = buildImage({
  tags: ['large:1'],
  layers: [BASE, [{ path: 'noise', content: noise(LARGE_BYTES) }]],
});
const SMALL = buildImage({ tags: ['small:1'], layers: [BASE] });

let app: App;
let page: Page;
let dialog: Locator;

const row = (name: string): Locator =>
  page.getByRole('table', { name: 'Images' }).getByRole('row', { name });

/** Bytes of all blobs, each hashed anew; fails where one is missing or damaged. */
function storedBytes(): Promise<number> {
  return page.evaluate(async () => {
    const { stdout, exitCode } = await window.drydock.run('drydock verify --format json');
    if (exitCode !== 0) throw new Error(stdout);
    return (JSON.parse(stdout) as { bytes: number }).bytes;
  });
}

const usage = (): Promise<number> =>
  page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);

/** Of "9.14 MB", and of "120 kB". */
function megabytes(text: string): number {
  return Number.parseFloat(text) * (text.includes('MB') ? 1 : 1e-3);
}

const docker = (line: string): Promise<string> =>
  page.evaluate(async (text) => (await window.drydock.run(text)).stdout, `docker ${line}`);

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  dialog = page.getByRole('dialog');
  const buffer = Buffer.from(tarOf(docker110([LARGE, SMALL])));
  const file = { name: 'x.tar', mimeType: 'application/x-tar', buffer };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await row('large').getByText('Verified').waitFor();
});
afterEach(async () => {
  await app.close();
});

describe('the offer to undo a removal', () => {
  it('runs out after ten seconds: then as many bytes go as the dialog said', async () => {
    const bytes = await storedBytes();
    await row('large').getByRole('checkbox').click();
    const bar = page.getByRole('region', { name: 'Selection' });
    const told = await bar.getByText(/removing it frees/).innerText();
    await page.getByRole('button', { name: 'Remove' }).click();
    const frees = await dialog.getByText(/^Frees/).innerText();
    expect(told).toContain(` · ${frees.replace(/^Frees\s+/, 'removing it frees ')}`);
    const plan = dialog.getByRole('table', { name: 'What will happen' });
    expect(await plan.getByRole('row', { name: /^untag/ }).allInnerTexts()).toEqual([
      expect.stringContaining('large:1'),
    ]);
    // The other layer is shared.
    await plan.getByRole('row', { name: /^delete.*1 layer that nothing else uses/ }).waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    const offer = page.getByRole('status').filter({ hasText: 'Removed large:1' });
    await offer.waitFor();
    const offeredAt = Date.now();
    expect(await docker('images --format {{.Repository}}')).toBe('small\n');
    expect(await storedBytes()).toBe(bytes);
    await offer.waitFor({ state: 'detached', timeout: 15_000 });
    expect(Date.now() - offeredAt).toBeGreaterThan(8000);
    await expect.poll(storedBytes).toBeLessThan(bytes - LARGE_BYTES);
    expect(frees).toContain(humanSize(bytes - (await storedBytes())));
  });

  it('sent away gives the disk its room back, and the meter shows it', async () => {
    await expect.poll(usage).toBeGreaterThan(LARGE_BYTES);
    const meter = page.locator('.storage .used');
    await expect.poll(async () => megabytes(await meter.innerText())).toBeGreaterThan(8);
    await row('large').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    const offer = page.getByRole('status').filter({ hasText: 'Removed large:1' });
    await offer.getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(usage, { timeout: 15_000 }).toBeLessThan(LARGE_BYTES);
    const shown = async (): Promise<number> => megabytes(await meter.innerText());
    await expect.poll(shown, { timeout: 15_000 }).toBeLessThan(8);
  });

  it('taken for several images brings all of them back, whole', async () => {
    const bytes = await storedBytes();
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('docker rmi large:1 small:1').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await row('large').waitFor({ state: 'detached' });
    expect(await docker('images -q')).toBe('');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('status').getByText('large:1 and 1 more are back').waitFor();
    await row('large').getByText('Verified').waitFor();
    expect(await docker('images --format {{.Repository}}')).toBe('large\nsmall\n');
    expect(await storedBytes()).toBe(bytes);
  });
});

describe('the command of an action', () => {
  beforeEach(async () => {
    await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('checkbox', { name: 'Select all images' }).click();
  });

  const copied = async (): Promise<string> => {
    await dialog.getByRole('button', { name: 'Copy the command' }).click();
    await dialog.getByRole('button', { name: 'Command copied' }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  it.each([
    ['Remove', 'docker rmi large:1 small:1'],
    ['Save', 'docker save -o images.tar large:1 small:1'],
  ])('%s is copied as docker has it', async (name, command) => {
    await page.getByRole('button', { name }).click();
    expect(await copied()).toBe(command);
  });

  it('Tag is copied a line a name, and gives the names when it is confirmed', async () => {
    await page.getByRole('button', { name: 'Tag', exact: true }).last().click();
    await dialog.getByRole('textbox', { name: 'New name for large:1' }).fill('acme/large:2');
    await dialog.getByRole('textbox', { name: 'New name for small:1' }).fill('acme/small:2');
    expect(await copied()).toBe('docker tag large:1 acme/large:2\ndocker tag small:1 acme/small:2');
    await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('status').getByText('2 names given').waitFor();
    expect(await docker('images -q --no-trunc acme/large:2')).toBe(`${LARGE.imageId}\n`);
  });
});

describe('a new name', () => {
  it.each(['Web:3', 'web:a b', `web:${'a'.repeat(129)}`, 'web/:1', `web@${LARGE.imageId}`])(
    '"%s" is refused while it is typed, as docker refuses it',
    async (name) => {
      await row('large').getByRole('checkbox').click();
      await page.getByRole('button', { name: 'Tag', exact: true }).last().click();
      const field = dialog.getByRole('textbox', { name: 'New name' });
      await field.fill(name);
      await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
      const why = await field.evaluate((element) => {
        const ids = element.getAttribute('aria-describedby')?.split(' ') ?? [];
        return ids.map((id) => document.getElementById(id)?.textContent.trim()).join('');
      });
      const refusal = await page.evaluate(
        async (target) => (await window.drydock.run(`docker tag large:1 '${target}'`)).stderr,
        name,
      );
      expect(why).not.toBe('');
      expect(refusal).toContain(why);
      expect(await dialog.getByRole('button', { name: 'Tag', exact: true }).isDisabled()).toBe(
        true,
      );
    },
  );
});
