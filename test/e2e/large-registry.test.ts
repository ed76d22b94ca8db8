import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { copyToRepositories, tagMany } from '../servers/push-many';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { closeServer, portOf } from '../support/upstream';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`large registries cannot be tested: ${why}`);
  console.log(`e2e: large registries are not tested: ${why}`);
}

const REPOSITORIES = 130;
const TAGS = 1100;

const numbered = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n + 1).padStart(4, '0')}`);

describe.skipIf(why !== undefined)('a registry of many names that is not Docker Hub', () => {
  let registry: RegistryServer;
  let line: FaultProxy;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    registry = await startRegistry();
    const layout = new LayoutBuilder();
    await pushLayout(registry, layout.items([layout.image(buildImage())]), 'base:1');
    await copyToRepositories(registry, 'base:1', numbered(REPOSITORIES, 'team/app-'));
    await tagMany(registry, 'base:1', numbered(TAGS, 'build-'));
    line = await startFaultProxy(registry.url);
    server = await startServer({
      ...{ root: 'dist', host: '127.0.0.1', port: 0, origins: undefined },
      allow: line.url,
    });
    app = await openApp({ route: '#/pull', url: `http://127.0.0.1:${portOf(server)}/` });
    page = app.page;
  });
  afterAll(async () => {
    await app.close();
    await closeServer(server);
    await line.stop();
    await registry.stop();
  });
  let before = 0;
  beforeEach(() => {
    before = line.exchanges.length;
  });

  const asked = (): readonly string[] => line.exchanges.slice(before).map(({ path }) => path);
  const results = (): Locator => page.getByRole('table', { name: 'Search results' });
  const tags = (): Locator => page.getByRole('table', { name: 'Tags' });
  const listAll = async (): Promise<void> => {
    await page.getByLabel('Registry to search').fill(line.host);
    await page.keyboard.press('Enter');
    await page.getByText(`${REPOSITORIES + 1} results`, { exact: true }).waitFor();
  };

  it('is listed over all its pages, by the Link of each', async () => {
    await listAll();
    expect(await results().getByRole('row').count()).toBe(REPOSITORIES + 2);
    expect(asked().filter((path) => path.includes('/_catalog'))).toEqual([
      '/v2/_catalog?n=100',
      expect.stringMatching(/^\/v2\/_catalog\?.*last=/),
    ]);
    await page.getByRole('searchbox').fill('app-0130');
    await page.getByText('1 result', { exact: true }).waitFor();
    const { stdout } = await run(page, `drydock catalog ${line.host}`);
    const names = stdout.trim().split('\n');
    expect([names.length, names.at(-1)]).toEqual([REPOSITORIES + 1, 'team/app-0130']);
  });

  it('gives all tags of a repository, drawn a part at a time, and one is found and pulled by a click', async () => {
    await page.getByRole('searchbox').fill('base');
    await results().getByRole('button', { name: 'base', exact: true }).click();
    await page.getByText(`${(TAGS + 1).toLocaleString('en')} tags`, { exact: true }).waitFor();
    expect(await tags().getByRole('columnheader').allInnerTexts()).toEqual(['Tag', 'Pull']);
    expect(await tags().getByRole('row').count()).toBe(101);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => tags().getByRole('row').count()).toBe(201);
    await page.getByRole('textbox', { name: /^Tag/ }).fill('1100');
    await page.getByText('1 tag with “1100”').waitFor();
    await tags().getByRole('button', { name: 'Pull build-1100' }).click();
    await page
      .getByRole('region', { name: `Pulling ${line.host}/base:build-1100` })
      .getByRole('heading', { name: /^Pulled/ })
      .waitFor();
    const { stdout } = await run(page, `drydock tags --limit 2000 ${line.host}/base`);
    expect(stdout.trim().split('\n').length).toBe(TAGS + 1);
    const some = await run(page, `drydock tags --limit 3 ${line.host}/base`);
    expect(some.stdout.trim().split('\n').length).toBe(3);
  });
});
