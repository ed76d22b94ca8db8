import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { multiPlatformArchive } from '../support/multi-platform-archive';
import { run, runWithFile, writeTestFile, type TestFile } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

let file: TestFile;
let app: App;

beforeAll(async () => {
  file = await writeTestFile('multi.tar', multiPlatformArchive());
});

afterAll(() => file.remove());

beforeEach(async () => {
  app = await openApp();
  await runWithFile(app.page, 'docker load -q -i file.tar', file.path);
});

afterEach(async () => {
  await app.close();
});

it('a file is read of the platform that a command names', async () => {
  const cat = (flags: string) => run(app.page, `drydock cat ${flags} multi bin/app`);
  expect(await cat('')).toMatchObject({ exitCode: 0, stdout: 'amd64' });
  expect(await cat('--platform linux/arm64')).toMatchObject({ exitCode: 0, stdout: 'arm64' });
  const absent = await cat('--platform linux/arm/v7');
  expect(absent).toMatchObject({ exitCode: 1, stdout: '' });
  expect(absent.stderr).toContain('linux/arm/v7');
});

it('the platform that Settings choose is the one that commands and screens show', async () => {
  const { page } = app;
  const architecture = async (): Promise<string> =>
    (await run(page, "docker inspect -f '{{.Architecture}}' multi")).stdout;
  expect(await architecture()).toBe('amd64\n');
  await page.goto(`${page.url().split('#')[0]}#/settings`);
  await page.getByRole('combobox', { name: 'Default platform' }).selectOption('linux/arm64');
  await expect.poll(architecture).toBe('arm64\n');
  await page.getByRole('link', { name: 'Images' }).first().click();
  await page.getByRole('row', { name: /multi/ }).first().getByRole('link').first().click();
  const chosen = page.getByRole('main').locator('option:checked');
  await expect.poll(() => chosen.allInnerTexts()).toContain('linux/arm64/v8');
  app = await app.restart();
  expect((await run(app.page, "docker inspect -f '{{.Architecture}}' multi")).stdout).toBe(
    'arm64\n',
  );
});

it('a platform that an archive names and has not got is listed as just that', async () => {
  const { page } = app;
  const row = page.getByRole('row', { name: /multi/ }).first();
  await row.getByRole('button', { name: '2 more platforms' }).click();
  await page.getByRole('link', { name: 'linux/arm64/v8' }).waitFor();
  await page.getByText('not in this archive').waitFor();
  expect(await page.getByRole('link', { name: 'linux/arm/v7' }).count()).toBe(0);
});

it('a history that does not fit the layers is shown beside them, and said not to fit', async () => {
  const { page } = app;
  const image = buildImage({
    tags: ['acme/odd:1'],
    layers: [[{ path: 'a', content: 'a' }], [{ path: 'b', content: 'b' }]],
    config: { history: [{ created_by: 'RUN one' }] },
  });
  const odd = await writeTestFile('odd.tar', tarOf(docker110([image])));
  await runWithFile(page, 'docker load -q -i file.tar', odd.path);
  await odd.remove();
  await page.goto(`${page.url().split('#')[0]}#/images/${image.imageId}/history`);
  await page.getByText('RUN one').waitFor();
  await page
    .getByText('has 1 step that should have made a layer, but the image has 2 layers')
    .waitFor();
});

it('a platform that is looked at can be saved alone, and its image tagged and removed', async () => {
  const { page } = app;
  const row = page.getByRole('row', { name: /multi/ }).first();
  await row.getByRole('button', { name: '2 more platforms' }).click();
  await page.getByRole('link', { name: 'linux/arm64/v8' }).click();
  const main = page.getByRole('main');
  const dialog = page.getByRole('dialog');
  await main.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByText('drydock save --platform linux/arm64/v8 -o').waitFor();
  await dialog.getByRole('checkbox', { name: 'linux/amd64' }).click();
  await dialog.getByText('docker save -o').waitFor();
  await page.keyboard.press('Escape');
  await main.getByRole('button', { name: 'Tag', exact: true }).click();
  await dialog.getByLabel('New name').fill('again:1');
  await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
  await expect
    .poll(async () => (await run(page, 'docker images -q again:1')).stdout)
    .toBe((await run(page, 'docker images -q multi')).stdout);
  await main.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByRole('checkbox').click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('table', { name: 'Images' }).waitFor();
  expect((await run(page, 'docker images -q multi')).stdout).toBe('');
});
