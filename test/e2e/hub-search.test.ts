import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startDockerHub, type DockerHub, type ServedApp } from '../servers/docker-hub';
import type { Fault } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { TOKEN_USER } from '../servers/token-server';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`searches in the page cannot be tested: ${why}`);
  console.log(`e2e: searches in the page are not tested: ${why}`);
}

describe.skipIf(why !== undefined)('Docker Hub, searched in the page', () => {
  let hub: DockerHub;
  let served: ServedApp;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    hub = await startDockerHub();
    const layout = new LayoutBuilder();
    const images = ['amd64', 'arm64'].map((architecture) =>
      layout.image(buildImage({ architecture }), { platform: { os: 'linux', architecture } }),
    );
    const items = layout.items([layout.index(images)]);
    for (const tag of ['latest', '1.22']) {
      await pushLayout(hub.registry, items, `library/nginx:${tag}`, { user: TOKEN_USER });
    }
    served = await hub.serveApp();
  });
  afterAll(async () => {
    await served.stop();
    await hub.stop();
  });
  beforeEach(async () => {
    hub.lists.plan = () => undefined;
    app = await openApp({ route: '#/pull', url: served.url, isOffTheNet: true });
    page = app.page;
  });
  afterEach(() => app.close());

  const search = async (text: string): Promise<void> => {
    await page.getByRole('searchbox').fill(text);
    await page.keyboard.press('Enter');
  };
  const results = (): Locator => page.getByRole('table', { name: 'Search results' });
  const rowOf = (name: string): Locator =>
    results()
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name, exact: true }) });
  const tags = (): Locator => page.getByRole('table', { name: 'Tags' });
  const pulled = (name: string): Locator =>
    page
      .getByRole('region', { name: `Pulling ${name}`, exact: true })
      .getByRole('heading', { name: /^Pulled/ });
  const alert = (): Locator => page.getByRole('alert');
  const failing = (fault: Fault): void => void (hub.lists.plan = () => fault);

  it('says of each result who made it, how often it was pulled and its stars, in words', async () => {
    await search('nginx');
    const nginx = rowOf('nginx');
    await nginx.waitFor();
    expect(await results().getByRole('columnheader').allInnerTexts()).toEqual([
      'Repository',
      'Publisher',
      'Pulls',
      'Stars',
      'Pull',
    ]);
    const cells = await nginx.getByRole('cell').allInnerTexts();
    expect(cells.map((cell) => cell.replace(/\s+/g, ' ').trim()).slice(0, 4)).toEqual([
      'nginx Official build of Nginx.',
      'Official',
      '12.9B',
      'Stars 21,012',
    ]);
    await nginx.getByTitle('12,934,012,331 pulls').waitFor();
    expect(await rowOf('bitnami/nginx').getByText('Official', { exact: true }).count()).toBe(0);
  });

  it('gives results page by page, each once, and says how many there are', async () => {
    await search('mirror of nginx');
    const count = page.getByRole('region', { name: 'Search' }).getByRole('status');
    await count.getByText('50 of 60 results').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await count.getByText('60 results', { exact: true }).waitFor();
    expect(await results().getByRole('row').count()).toBe(61);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('keeps what was found where the next page fails, and goes on with it', async () => {
    await search('mirror of nginx');
    await rowOf('mirror/nginx-04').waitFor();
    failing({ kind: 'status', status: 500 });
    await page.getByRole('button', { name: 'Show more' }).click();
    await alert().getByRole('heading', { name: 'The registry failed' }).waitFor();
    expect(await results().getByRole('row').count()).toBe(51);
    hub.lists.plan = () => undefined;
    await alert().getByRole('button', { name: 'Try again' }).click();
    await page.getByText('60 results', { exact: true }).waitFor();
  });

  it('pulls a result by one click, without a word of its tag or platform', async () => {
    await search('nginx');
    await rowOf('nginx').getByRole('button', { name: 'Pull nginx' }).click();
    await pulled('nginx:latest').waitFor();
    const listed = await run(page, 'docker images --format {{.Repository}}:{{.Tag}}');
    expect(listed.stdout).toBe('nginx:latest\n');
    const manifests = hub.asked.filter((asked) => asked.includes('/manifests/latest'));
    expect(manifests).toEqual([expect.stringMatching(/^HEAD /)]);
  });

  it('lists the tags of a result with sizes, platforms and dates, and pulls one by one click', async () => {
    await search('nginx');
    await rowOf('nginx').getByRole('button', { name: 'nginx', exact: true }).click();
    const row = tags().getByRole('row', { name: /^1\.22/ });
    await row.waitFor();
    expect(await tags().getByRole('columnheader').allInnerTexts()).toEqual([
      'Tag',
      'Platforms',
      'Updated',
      'Size',
      'Pull',
    ]);
    const [, platforms, updated, size] = await row.getByRole('cell').allInnerTexts();
    expect(platforms).toBe('linux/amd64, linux/arm64/v8, linux/arm/v7');
    expect(updated).toMatch(/ ago$|^now$|^in /);
    expect(size).toBe('60.0 MB');
    await row
      .getByTitle('linux/amd64 60.0 MB, linux/arm64/v8 60.0 MB, linux/arm/v7 60.0 MB', {
        exact: true,
      })
      .waitFor();
    await row.getByTitle('2026-01-30 03:04:05 UTC').waitFor();
    await row.getByRole('button', { name: 'Pull 1.22' }).click();
    await pulled('nginx:1.22').waitFor();
    expect((await run(page, 'docker images -q nginx:1.22')).stdout).not.toBe('');
  });

  it('finds a tag by a part of its name, and takes the one that is typed whole', async () => {
    await search('nginx');
    await rowOf('nginx').getByRole('button', { name: 'nginx', exact: true }).click();
    const field = page.getByRole('textbox', { name: /^Tag/ });
    await page.getByText('23 tags', { exact: true }).waitFor();
    await field.fill('2');
    await page.getByText(/^\d+ tags with “2”$/).waitFor();
    await tags()
      .getByRole('row', { name: /^latest/ })
      .waitFor({ state: 'detached' });
    // On the way to the list, what is typed in part is chosen by nobody.
    await tags().getByRole('button', { name: '1.22', exact: true }).click();
    await page.getByText('docker pull --platform linux/amd64 nginx:1.22').waitFor();
    await field.fill('1.2');
    await page.keyboard.press('Enter');
    await page.getByText('docker pull --platform linux/amd64 nginx:1.2', { exact: true }).waitFor();
  });

  it('offers each platform with its size, and pulls the one that is chosen', async () => {
    await search('nginx');
    await rowOf('nginx').getByRole('button', { name: 'nginx', exact: true }).click();
    const platform = page.getByRole('radio', { name: /^linux\/arm64\/v8/ });
    await platform.waitFor();
    expect(await page.getByRole('group', { name: 'Platform' }).innerText()).toContain('60.0 MB');
    await platform.check();
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: (text: string) => Promise.resolve(void (document.title = text)) },
      });
    });
    await page.getByRole('button', { name: 'Copy the command', exact: true }).click();
    await expect
      .poll(() => page.title())
      .toBe('docker pull --platform linux/arm64/v8 nginx:latest');
    await page.getByRole('button', { name: /^Pull linux\/arm64\/v8/ }).click();
    await pulled('nginx:latest').waitFor();
    const inspected = await run(page, 'docker inspect -f {{.Architecture}} nginx');
    expect(inspected.stdout).toBe('arm64\n');
  });

  it('says that nothing is found', async () => {
    await search('zzzz');
    await page.getByText('Nothing found.').waitFor();
    await page.getByText('0 results').waitFor();
  });

  it.each<[string, Fault, string, RegExp]>([
    [
      'a limit that is passed',
      { kind: 'status', status: 429, headers: { 'retry-after': '60' }, body: '{}' },
      'The registry’s limit is used up',
      /The limit of hub\.docker\.com is used up; it ends in about a minute.*The limit ends at \d{4}-/s,
    ],
    [
      'a failure',
      { kind: 'status', status: 500 },
      'The registry failed',
      /hub\.docker\.com refused: HTTP status 500/,
    ],
    [
      'a web page',
      {
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Log in</title>',
      },
      'A web page came instead of an image',
      /hub\.docker\.com/,
    ],
    [
      'no JSON',
      { kind: 'status', status: 200, body: 'nonsense' },
      'The registry answers wrongly',
      /hub\.docker\.com/,
    ],
  ])('says what became of a search that is answered with %s', async (_, fault, title, problem) => {
    failing(fault);
    await search('nginx');
    await alert().getByRole('heading', { name: title }).waitFor();
    expect(await alert().innerText()).toMatch(problem);
    hub.lists.plan = () => undefined;
    await alert().getByRole('button', { name: 'Try again' }).click();
    await rowOf('nginx').waitFor();
    expect(await alert().count()).toBe(0);
  });

  it('says of tags that cannot be listed why, beside what can be pulled all the same', async () => {
    hub.lists.plan = ({ path }) =>
      path.includes('page_size=100') ? { kind: 'status', status: 500 } : undefined;
    await search('nginx:1.22');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    const list = page.getByRole('region', { name: 'Tags' });
    await list.getByRole('heading', { name: 'The registry failed' }).waitFor();
    await page.getByText('no list of tags').waitFor();
    await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
    await pulled('nginx:1.22').waitFor();
    hub.lists.plan = () => undefined;
    await list.getByRole('button', { name: 'Try again' }).click();
    await tags()
      .getByRole('row', { name: /^1\.22/ })
      .waitFor();
  });
});
