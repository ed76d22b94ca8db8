import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { dockerArchive } from '../support/page-files';

let app: App;

beforeEach(async () => {
  app = await openApp({ viewport: { width: 360, height: 740 }, isTouch: true });
  const buffer = Buffer.from(dockerArchive({ tags: ['acme/api:1.0'] }));
  const file = { name: 'api.tar', mimeType: 'application/x-tar', buffer };
  await app.page.getByLabel('Open image archive').setInputFiles(file);
  await app.page.getByRole('table', { name: 'Images' }).getByText('Verified').waitFor();
});
afterEach(() => app.close());

describe('where there is little room', () => {
  it.each([360, 700])(
    'what is stored, of how much, and what can be done about it stand above the list at %d px',
    async (width) => {
      const { page } = app;
      await page.setViewportSize({ width, height: 740 });
      const meter = page.getByText(/^stored of/);
      await meter.waitFor();
      const box = await meter.boundingBox();
      expect(box && box.x + box.width).toBeLessThanOrEqual(width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.getByRole('button', { name: 'Storage', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Remove unused images…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  );
});
