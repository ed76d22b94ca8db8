import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { MediaType } from '../../src/oci/media-types';
import { startServer } from '../../src/proxy/node-server';
import { whyNoPeers } from '../interop/peers';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, jsonBytes, LayoutBuilder } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { storedRows } from '../support/stored-rows';
import { noise } from '../support/streams';
import { estargzOf } from '../support/toc-builder';
import { closeServer, portOf } from '../support/upstream';

describe.skipIf(whyNoPeers() !== undefined)('an image that is not pulled, in the page', () => {
  let registry: RegistryServer;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    registry = await startRegistry();
    await pushMulti();
    await pushLazy();
    await pushChart();
    server = await startServer({
      ...{ root: 'dist', host: '127.0.0.1', port: 0, origins: undefined },
      allow: `http://${registry.host}`,
    });
  });
  afterAll(async () => {
    await closeServer(server);
    await registry.stop();
  });
  afterEach(() => app.close());

  /** Two platforms and an attestation. */
  async function pushMulti(): Promise<void> {
    const layout = new LayoutBuilder();
    const images = ['amd64', 'arm64'].map((architecture) =>
      layout.image(buildImage({ architecture }), { platform: { os: 'linux', architecture } }),
    );
    const [amd64] = images;
    if (!amd64) throw new Error('no image');
    const index = layout.index([...images, layout.attestation(amd64)]);
    await pushLayout(registry, layout.items([index]), 'team/multi:1');
  }

  async function pushLazy(): Promise<void> {
    const files = Array.from({ length: 60 }, (_, n) => ({
      path: `data/${n}`,
      content: noise(32_000, n + 1),
    }));
    const draft = estargzOf([...files, { path: 'motd', content: 'ahoy from afar\n' }], {
      pack: (bytes) => gzipSync(bytes, { level: 1 }),
    });
    const layout = new LayoutBuilder();
    const layer = layout.blob(draft.bytes, {
      mediaType: MediaType.ociLayerGzip,
      annotations: Object.fromEntries(draft.annotations),
    });
    const config = layout.blob(jsonBytes({ os: 'linux', architecture: 'amd64' }), {
      mediaType: MediaType.ociConfig,
    });
    await pushLayout(
      registry,
      layout.items([layout.manifest({ config, layers: [layer] })]),
      'lazy:1',
    );
  }

  async function pushChart(): Promise<void> {
    const layout = new LayoutBuilder();
    const config = layout.blob(jsonBytes({ name: 'chart' }), {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
    });
    const chart = layout.blob(new Uint8Array([1]), {
      mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    });
    await pushLayout(
      registry,
      layout.items([layout.manifest({ config, layers: [chart] })]),
      'chart:1',
    );
  }

  async function open(
    route: string,
    options: Omit<NonNullable<Parameters<typeof openApp>[0]>, 'route' | 'url'> = {},
  ): Promise<void> {
    app = await openApp({ ...options, route, url: `http://127.0.0.1:${portOf(server)}/` });
    page = app.page;
  }
  const inspect = (name: string): string =>
    `#/pull/inspect/files?ref=${encodeURIComponent(`${registry.host}/${name}`)}`;
  const tree = () => page.getByRole('treegrid');
  const stored = async (): Promise<string> =>
    (await page.evaluate(() => window.drydock.run('docker images -aq'))).stdout;

  it('is reached from Pull, read layer by layer, and pulled from there', async () => {
    await open('#/pull');
    await page.getByRole('searchbox').fill(`${registry.host}/team/multi:1`);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Inspect without pulling' }).press('Enter');
    await page.getByText('Layer 0 is', { exact: false }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await page.getByRole('button', { name: /^Read the layer/ }).click();
    await tree().getByText('etc', { exact: true }).click();
    await page.getByText('Read whole').waitFor();
    await tree().getByText('etc', { exact: true }).dblclick();
    await tree().getByText('os-release', { exact: true }).click();
    await page.getByRole('region', { name: 'Preview' }).getByText('ID=test').waitFor();
    await page.getByRole('tab', { name: 'Manifest' }).click();
    await page.getByRole('radio', { name: 'Index' }).click();
    await page.getByRole('table', { name: 'What it names' }).getByText('linux/arm64').waitFor();
    await page.getByRole('tab', { name: 'Referrers' }).click();
    await page
      .getByRole('table', { name: 'Referrers' })
      .getByText('Attestation', { exact: true })
      .waitFor();
    await page.reload();
    await page
      .getByRole('table', { name: 'Referrers' })
      .getByText('Attestation', { exact: true })
      .waitFor();
    expect(await stored()).toBe('');
    await page.getByRole('button', { name: /^Pull/ }).click();
    await page.getByRole('heading', { name: /^Pulled/ }).waitFor();
    expect(await stored()).not.toBe('');
  });

  it('leaves nothing in the store, whatever of it was looked at', async () => {
    await open(inspect('team/multi:1'));
    await page.getByRole('button', { name: /^Read the layer/ }).click();
    await tree().getByText('etc', { exact: true }).dblclick();
    await tree().getByText('os-release', { exact: true }).click();
    await page.getByRole('region', { name: 'Preview' }).getByText('ID=test').waitFor();
    for (const tab of ['History', 'Config', 'Manifest', 'Referrers']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tab', { name: tab, selected: true }).waitFor();
    }
    const referrers = page.getByRole('table', { name: 'Referrers' });
    await referrers.getByText('Attestation', { exact: true }).waitFor();
    const name = `${registry.host}/team/multi:1`;
    const lines = ['remote', 'remote --layer 0', 'remote --platform linux/arm64', 'tags'];
    for (const line of lines) {
      const subject = line === 'tags' ? `${registry.host}/team/multi` : name;
      const { exitCode } = await page.evaluate(
        (text) => window.drydock.run(text),
        `drydock ${line} ${subject}`,
      );
      expect(exitCode, line).toBe(0);
    }
    const { stdout } = await page.evaluate(() =>
      window.drydock.run('drydock verify --format json'),
    );
    expect(JSON.parse(stdout)).toEqual({ blobs: 0, bytes: 0, problems: [] });
    const { settings, ...rows } = await storedRows(page);
    // Which way led to the registry is all that is remembered.
    expect(settings).toBeGreaterThan(0);
    expect(Object.entries(rows).filter(([, count]) => count > 0)).toEqual([]);
  });

  it('shows the platform that is chosen, and goes back to the other', async () => {
    await open(inspect('team/multi:1'));
    const platforms = page.getByRole('combobox', { name: 'Platform' });
    await platforms.waitFor();
    const [first, second] = await platforms.locator('option').allInnerTexts();
    expect([first, second]).toEqual([
      expect.stringMatching(/^linux\/amd64 · /),
      expect.stringMatching(/^linux\/arm64 · /),
    ]);
    await page.getByRole('button', { name: /^Read the layer/ }).click();
    await page.getByText('Read whole').waitFor();
    await platforms.selectOption({ index: 1 });
    await page.waitForFunction(() => location.hash.includes('manifest='));
    // Both have the same layers, and what was read of them stays.
    await page.getByText('Read whole').waitFor();
    await page.getByRole('tab', { name: 'Config' }).click();
    await page.getByText('linux/arm64', { exact: true }).first().waitFor();
    await page.goBack();
    await page.goBack();
    await page.waitForFunction(() => !location.hash.includes('manifest='));
  });

  it('is read by its table of contents, for little of its bytes', async () => {
    await open(inspect('lazy:1'));
    await page.getByText('It is read by its table of contents', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Read the layer' }).click();
    await tree().getByText('motd', { exact: true }).click();
    await page.getByText('ahoy from afar').waitFor();
    await page.getByText('Read by its table of contents (estargz)').waitFor();
    expect(await stored()).toBe('');
  });

  it('is named for what it is, where it is none', async () => {
    await open('#/pull');
    await page.getByRole('searchbox').fill(`${registry.host}/chart:1`);
    await page.keyboard.press('Enter');
    await page.getByText('Helm chart', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Inspect without pulling' }).click();
    await page.getByText('Helm chart, not a container image').waitFor();
    await page.getByRole('table', { name: 'What it names' }).getByText('helm.chart').waitFor();
  });

  it('says what docker says of a name that is none', async () => {
    await open('#/pull/inspect/files?ref=team%2FApp');
    await page.getByRole('heading', { name: 'This is not the name of an image' }).waitFor();
    await page
      .getByRole('alert')
      .getByText('invalid reference format: repository name (team/App) must be lowercase')
      .waitFor();
  });

  it('says what is wrong with a name that nobody has', async () => {
    await open(inspect('no/such:1'));
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, %s', async (colorScheme) => {
    await open(inspect('team/multi:1'), { colorScheme });
    await page.getByRole('button', { name: /^Read the layer/ }).waitFor();
    for (const tab of ['Files', 'Manifest', 'Referrers']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tab', { name: tab, selected: true }).waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    }
  });
});
