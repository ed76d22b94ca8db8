import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../support/app';
import { dockerArchive, run, writeTestFile } from '../support/page-files';

/** Its files come first, so that there is something to see long before all of it has been read. */
const LARGE = dockerArchive({
  tags: ['acme/large:1'],
  layers: [
    [
      ...Array.from({ length: 500 }, (_, n) => ({ path: `srv/file-${n}`, content: `${n}\n` })),
      { path: 'zeros', content: new Uint8Array(800_000_000) },
    ],
  ],
});

/** Keeps what the page says in alerts, even for a moment, where the test finds it. */
function watchAlerts(page: Page): Promise<void> {
  return page.evaluate(() => {
    new MutationObserver(() => {
      const alert = document.querySelector('main [role=alert]');
      if (alert) document.body.dataset['alerts'] = alert.textContent;
    }).observe(document.body, { childList: true, subtree: true });
  });
}

it('a load in progress can be browsed in its tab; scripts and other tabs see it once all of it is stored', async () => {
  const file = await writeTestFile('large.tar', LARGE);
  onTestFinished(() => file.remove());
  const app = await openApp();
  onTestFinished(() => app.close());
  const { page, context } = app;
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByText('Drop an image archive here').waitFor();
  await page.evaluate(() => window.drydock.ready);
  const loading = page.getByRole('contentinfo').getByRole('progressbar', { name: /large\.tar/ });

  await page.getByLabel('Open image archive').setInputFiles(file.path);
  await page.getByRole('row', { name: 'acme/large' }).getByRole('link').first().click();
  const tree = page.getByRole('treegrid', { name: 'Files' });
  const speed = page.getByRole('contentinfo').getByText(/verifying 0\/1 · [\d.]+ [MG]B\/s/);
  await page.getByText(/^Reading the layer: \d{3} so far$/).waitFor();
  expect(await run(page, 'docker images -aq')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect((await run(other, 'docker images -aq')).stdout).toBe('');
  expect(await other.getByText('Drop an image archive here').isVisible()).toBe(true);
  await Promise.all([tree.getByRole('row', { name: /srv/ }).waitFor(), speed.waitFor()]);
  expect(await loading.count(), 'it was still being loaded').toBe(1);

  await watchAlerts(page);
  await loading.waitFor({ state: 'detached' });
  await other.getByRole('row', { name: 'acme/large' }).getByText('Verified').waitFor();
  for (const tab of [page, other]) {
    expect((await run(tab, 'docker images -aq')).stdout).toMatch(/^[0-9a-f]{12}\n$/);
  }
  await tree.getByRole('row', { name: /srv/ }).waitFor();
  await page.getByText(/Reading the layer/).waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.body.dataset['alerts'] ?? '')).toBe('');
});
