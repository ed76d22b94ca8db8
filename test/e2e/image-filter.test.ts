import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../support/app';
import { multiPlatformArchive } from '../support/multi-platform-archive';
import { dockerArchive } from '../support/page-files';

it('on a phone the list is filtered by platform and state, too, in one row that scrolls sideways', async () => {
  const app = await openApp({ viewport: { width: 360, height: 740 }, isTouch: true });
  onTestFinished(() => app.close());
  const { page } = app;
  const table = page.getByRole('table', { name: 'Images' });
  const names = (): Promise<string[]> => table.getByRole('link').allInnerTexts();
  const files = [multiPlatformArchive(), dockerArchive({ tags: ['acme/api:1.0'] })];
  for (const [i, bytes] of files.entries()) {
    const file = { name: `${i}.tar`, mimeType: 'application/x-tar', buffer: Buffer.from(bytes) };
    await page.getByLabel('Open image archive').setInputFiles(file);
  }
  await table.getByRole('link', { name: 'acme/api' }).waitFor();
  await table.getByRole('link', { name: 'multi' }).waitFor();
  const all = await names();

  const platform = page.getByRole('combobox', { name: 'Platform' });
  const state = page.getByRole('combobox', { name: 'State' });
  const controls = [
    page.getByRole('button', { name: /^Tagged/ }),
    page.getByRole('button', { name: /^Untagged/ }),
    platform,
    state,
  ];
  const boxes = await Promise.all(controls.map((control) => control.boundingBox()));
  const middles = boxes.map((box) => box && Math.round(box.y + box.height / 2));
  expect(new Set(middles).size, 'one row').toBe(1);
  // What is cut at the edge shows that there is more.
  const [, , left, right] = boxes;
  expect(left?.x).toBeLessThan(360);
  expect(right && right.x + right.width).toBeGreaterThan(360);

  await platform.selectOption('linux/arm64/v8');
  await expect.poll(names).not.toEqual(all);
  expect(await names()).not.toContain('api');
  await platform.selectOption('');
  await state.scrollIntoViewIfNeeded();
  const shown = await state.boundingBox();
  expect(shown && shown.x + shown.width).toBeLessThanOrEqual(360);
  await state.selectOption('damaged');
  await page.getByText('No image matches the filter.').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});
