import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../support/app';
import { buildImage, docker110 } from '../support/archive-builder';
import { runWithFile, writeTestFile } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

it('an image that is opened at its configuration says how many files it has, too', async () => {
  const image = buildImage({ tags: ['acme/api:1.0'] });
  const file = await writeTestFile('api.tar', tarOf(docker110([image])));
  onTestFinished(() => file.remove());
  const app = await openApp();
  onTestFinished(() => app.close());
  const { page } = app;
  await runWithFile(page, 'docker load -q -i file.tar', file.path);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/images/${image.imageId}/config`);
  const tab = page.getByRole('tab', { name: /^Files/ });
  await expect.poll(() => tab.innerText()).toMatch(/Files\s*4/);
  await tab.click();
  await page.getByRole('treegrid', { name: 'Files' }).getByText('etc').waitFor();
});
