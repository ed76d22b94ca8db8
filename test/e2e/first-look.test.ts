import { afterEach, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { dockerArchive, writeTestFile } from '../support/page-files';

let app: App | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe('someone who opens the page for the first time', () => {
  it('tries the sample image and finds its files, history and configuration', async () => {
    app = await openApp();
    const { page } = app;
    await page.getByRole('button', { name: /sample image/i }).click();
    const row = page
      .getByRole('table', { name: 'Images' })
      .getByRole('row', { name: /harbour-web/ });
    await row.getByText('Verified').waitFor();
    await row.getByRole('link').first().click();
    await page.waitForURL(/#\/images\/sha256:[0-9a-f]{64}\/files/);
    await page
      .getByRole('treeitem', { name: /app/ })
      .or(page.getByRole('row', { name: /app/ }))
      .first()
      .waitFor();
    await page.getByRole('tab', { name: /History/ }).click();
    await page.getByText('npm ci --include=dev').first().waitFor();
    await page.getByRole('tab', { name: /Config/ }).click();
    await page.getByText('/app/start.sh').first().waitFor();
  });

  it('fetches the sample image when it is asked for, and is told where there is no network for it', async () => {
    app = await openApp();
    const { page, context } = app;
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const asked: string[] = [];
    context.on('request', (request) => void asked.push(request.url()));
    await page.reload();
    await page.getByText('Drop an image archive here').waitFor();
    const kept = await page.evaluate(async () => {
      const caches = await Promise.all(
        (await window.caches.keys()).map((name) => window.caches.open(name)),
      );
      const requests = await Promise.all(caches.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => url);
    });
    expect(kept.length).toBeGreaterThan(10);
    expect([...kept, ...asked].filter((url) => url.includes('sample-image'))).toEqual([]);

    await context.setOffline(true);
    await page.getByRole('button', { name: /sample image/i }).click();
    const card = page.getByRole('alertdialog', { name: 'The sample image can’t be fetched' });
    await card
      .getByText('sample-image.tar could not be fetched: the browser is offline.')
      .waitFor();
    await page.keyboard.press('Escape');
    await context.setOffline(false);
    await page.getByRole('button', { name: /sample image/i }).click();
    await page
      .getByRole('row', { name: /harbour-web/ })
      .getByText('Verified')
      .waitFor();
  });

  it('chooses a file, and sees its row, verified', async () => {
    const file = await writeTestFile('shop.tar', dockerArchive({ tags: ['acme/shop:2'] }));
    app = await openApp();
    await app.page.getByLabel('Open image archive').setInputFiles(file.path);
    const table = app.page.getByRole('table', { name: 'Images' });
    const row = table.getByRole('row', { name: /acme\/shop/ });
    await row.getByText('Verified').waitFor();
    expect(await row.textContent()).toContain('linux/amd64');
    await file.remove();
  });

  it('is told what is wrong with a file that is no image', async () => {
    const png = Uint8Array.of(
      0x89,
      0x50,
      0x4e,
      0x47,
      0x0d,
      0x0a,
      0x1a,
      0x0a,
      ...new Uint8Array(600),
    );
    const file = await writeTestFile('photo.tar', png);
    app = await openApp();
    await app.page.getByLabel('Open image archive').setInputFiles(file.path);
    const dialog = app.page.getByRole('dialog').or(app.page.getByRole('alertdialog'));
    await dialog.getByText(/PNG/).first().waitFor();
    await file.remove();
  });
});
