import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { humanSize } from '../../src/base/human-size';
import { isRequired, whyNoPeers } from '../interop/peers';
import { skopeoSizes } from '../interop/skopeo-sizes';
import { pushArchive, pushWithBuildah } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { serveAppFor, type ServedApp } from '../support/served-app';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`the Pull page cannot be tested: ${why}`);
  console.log(`e2e: the Pull page is not tested against a real registry: ${why}`);
}

describe.skipIf(why !== undefined)('the Pull page, with a real registry through the proxy', () => {
  let registry: RegistryServer;
  let served: ServedApp;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    registry = await startRegistry();
    const archive = { transport: 'oci-archive' } as const;
    await pushArchive(registry, 'public/sample-image.tar', 'harbour/web:1.0', archive);
    await pushWithBuildah(registry, 'team/multi:1');
    served = await serveAppFor(registry.url);
  });
  afterAll(async () => {
    await served.stop();
    await registry.stop();
  });
  beforeEach(async () => {
    app = await openApp({ route: '#/pull', url: served.url });
    page = app.page;
  });
  afterEach(() => app.close());

  const open = async (reference: string): Promise<void> => {
    await page.getByRole('searchbox').fill(`${registry.host}/${reference}`);
    await page.keyboard.press('Enter');
    await page.getByRole('radio').first().waitFor();
  };
  const done = (): Promise<void> => page.getByRole('heading', { name: /^Pulled/ }).waitFor();
  const layers = (): Locator => page.getByRole('table', { name: 'Layers being pulled' });

  it('says that the proxy answers', async () => {
    await page.getByText('Proxy reachable').waitFor();
  });

  it('has room for a whole reference on a phone, and says first what can be typed', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByText(/Any registry works/).waitFor();
    const field = page.getByRole('searchbox');
    expect((await field.boundingBox())?.width).toBeGreaterThan(240);
    await field.fill(`${registry.host}/harbour/web:1.0`);
    await page.getByText(/Any registry works/).waitFor({ state: 'hidden' });
  });

  it('pulls what a reference names, layer by layer, and leads to its files', async () => {
    await open('harbour/web:1.0');
    await page
      .getByText(`docker pull --platform linux/amd64 ${registry.host}/harbour/web:1.0`)
      .waitFor();
    await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
    await done();
    const states = await layers().getByRole('row').filter({ hasText: 'verified' }).count();
    expect(states).toBe(5);
    await page.getByRole('link', { name: 'Look inside' }).click();
    await page.getByRole('treegrid').getByText('app', { exact: true }).waitFor();
    const listed = await page.evaluate(() => window.drydock.run('docker images --digests'));
    expect(listed.stdout).toContain(`${registry.host}/harbour/web`);
    expect(listed.stdout).toMatch(/sha256:[0-9a-f]{64}/);
    const verified = await page.evaluate(() => window.drydock.run('drydock verify'));
    expect(verified.exitCode).toBe(0);
  });

  it('shows every platform with its size, and takes the one that is chosen', async () => {
    await open('team/multi:1');
    const sizes = await skopeoSizes(`${registry.host}/team/multi`, '1');
    const cards = page.getByRole('group', { name: 'Platform' }).locator('label');
    expect(await cards.allInnerTexts()).toEqual(
      ['linux/amd64', 'linux/arm64'].map((text, i) => `${text}\n${humanSize(sizes[i] ?? 0)}`),
    );
    await page.getByRole('radio', { name: /linux\/arm64.* B/ }).click();
    await page.getByRole('button', { name: /^Pull linux\/arm64/ }).click();
    await done();
    const { stdout } = await page.evaluate(
      (name) => window.drydock.run(`docker image inspect --format '{{.Architecture}}' ${name}`),
      `${registry.host}/team/multi:1`,
    );
    expect(stdout).toBe('arm64\n');
  });

  it('lists what another registry than Docker Hub has', async () => {
    await page.getByRole('combobox', { name: 'Registry to search' }).fill(registry.host);
    await page.keyboard.press('Enter');
    const results = page.getByRole('table', { name: 'Search results' });
    const command = `drydock catalog ${registry.host}`;
    await page.getByRole('button', { name: `Copy the command: ${command}` }).waitFor();
    const { stdout } = await page.evaluate((line) => window.drydock.run(line), command);
    expect(stdout).toContain('harbour/web');
    await results.getByRole('button', { name: 'harbour/web', exact: true }).click();
    await page.getByRole('textbox', { name: /^Tag/ }).waitFor();
    await page.getByText('1 tag', { exact: true }).waitFor();
  });

  it('says what is wrong with a name that nobody has, in a sentence', async () => {
    await page.getByRole('searchbox').fill(`${registry.host}/no/such:1`);
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await alert.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await alert.innerText()).toMatch(/unknown|not found|no such/i);
  });

  it('says that an index names no image, where it names none', async () => {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const empty = await fetch(`http://${registry.host}/v2/harbour/empty/manifests/1`, {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] }),
    });
    expect(empty.status).toBe(201);
    await page.getByRole('searchbox').fill(`${registry.host}/harbour/empty:1`);
    await page.keyboard.press('Enter');
    await page.getByText('names no image, so there is nothing to pull').waitFor();
    expect(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled()).toBe(true);
  });

  it('keeps what is open in the address', async () => {
    await open('harbour/web:1.0');
    await page.reload();
    await page.getByRole('heading', { name: new RegExp('harbour/web') }).waitFor();
  });
});
