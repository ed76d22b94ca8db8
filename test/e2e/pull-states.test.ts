import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { MediaType } from '../../src/oci/media-types';
import { isRequired, whyNoPeers } from '../interop/peers';
import type { FaultPlan } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { startPullLine, type PullLine } from '../support/pull-line';
import { noise } from '../support/streams';

const MiB = 1 << 20;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`the states of a pull cannot be tested: ${why}`);
  console.log(`e2e: the states of a pull are not tested: ${why}`);
}

const slow: FaultPlan = ({ path }) =>
  path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: 2 * MiB } : undefined;

describe.skipIf(why !== undefined)('a pull, as its card shows it', () => {
  let started: PullLine;
  let line: PullLine['line'];
  let app: App;
  let page: Page;

  beforeAll(async () => {
    started = await startPullLine();
    ({ line } = started);
    await pushSharing();
    await pushForeign();
  });
  afterAll(() => started.stop());
  beforeEach(async () => {
    line.plan = () => undefined;
    app = await openApp({ route: '#/pull', url: started.appUrl });
    page = app.page;
  });
  afterEach(() => app.close());

  /** `app:2`: the layers of `app:1`, and one above them. */
  async function pushSharing(): Promise<void> {
    const sizes = [8 * MiB, 50_000, 4 * MiB];
    const layers = sizes.map((size, i) => [{ path: `data-${i}`, content: noise(size, i + 1) }]);
    const layout = new LayoutBuilder();
    await pushLayout(line, layout.items([layout.image(buildImage({ layers }))]), 'app:2');
  }

  /** `foreign:1`: a layer of the vendor's under one of the image's own. */
  async function pushForeign(): Promise<void> {
    const image = buildImage({ layers: [[{ path: 'vendor' }], [{ path: 'own' }]] });
    const layout = new LayoutBuilder();
    const layers = image.layers.map((layer, n) =>
      layout.blob(layer, {
        mediaType:
          n === 0 ? 'application/vnd.oci.image.layer.nondistributable.v1.tar' : MediaType.ociLayer,
      }),
    );
    const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
    await pushLayout(line, layout.items([layout.manifest({ config, layers })]), 'foreign:1');
  }

  const open = async (name: string): Promise<void> => {
    await page.getByRole('searchbox').fill(`${line.host}/${name}`);
    await page.keyboard.press('Enter');
  };
  const pull = (): Promise<void> =>
    page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
  const card = (name: string): Locator =>
    page.getByRole('region', { name: `Pulling ${line.host}/${name}` });
  const heading = (name: string, text: RegExp): Promise<void> =>
    card(name).getByRole('heading', { name: text }).waitFor();

  it('takes layers that are here from here, and says which and how many bytes', async () => {
    await run(page, `docker pull -q ${line.host}/app:1`);
    const before = line.exchanges.length;
    line.plan = slow;
    await open('app:2');
    await pull();
    await card('app:2').getByText('8.44 MB reused').waitFor();
    const kept = card('app:2').getByRole('row').filter({ hasText: 'already stored' });
    expect(await kept.count()).toBe(2);
    await heading('app:2', /^Pulled/);
    const sent = line.exchanges.slice(before).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(sent).toBeLessThan(5 * MiB);
  });

  it('is paused, keeps what has come, and goes on from there', async () => {
    line.plan = slow;
    await open('app:1');
    await pull();
    await card('app:1')
      .getByText(/^[2-9]\.\d+ MB of/)
      .first()
      .waitFor();
    await card('app:1').getByRole('button', { name: 'Pause' }).click();
    await heading('app:1', /^Paused/);
    await card('app:1').getByText('What has come is kept for a week').waitFor();
    expect((await run(page, 'docker images -aq')).stdout).toBe('');
    const before = line.exchanges.length;
    line.plan = () => undefined;
    await card('app:1').getByRole('button', { name: 'Go on' }).click();
    await heading('app:1', /^Pulled/);
    const ranges = line.exchanges.slice(before).map(({ range }) => range);
    expect(ranges).toContainEqual(expect.stringMatching(/^bytes=[1-9]/));
  });

  it('is not offered for schema 1, which is said to be of the past', async () => {
    const body = JSON.stringify({ schemaVersion: 1, name: 'app', tag: 'old', fsLayers: [] });
    const headers = { 'Content-Type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' };
    line.plan = ({ path }) =>
      path.includes('/manifests/') ? { kind: 'status', status: 200, headers, body } : undefined;
    await open('app:old');
    const alert = page.getByRole('alert');
    await alert.getByRole('heading', { name: 'The image is in a format of the past' }).waitFor();
    expect(await alert.innerText()).toContain('schema 1');
    expect(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled()).toBe(true);
  });

  it('of a layer that its vendor alone distributes is announced as what it is', async () => {
    await open('foreign:1');
    const platform = page.getByRole('group', { name: 'Platform' });
    await platform.getByText(/1 layer.*vendor/i).waitFor();
  });
});
