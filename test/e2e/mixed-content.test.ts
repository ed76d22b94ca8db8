import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { pushArchive } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { startTlsFront, type TlsFront } from '../servers/tls-front';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { closeServer, portOf } from '../support/upstream';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`mixed content cannot be tested: ${why}`);
  console.log(`e2e: mixed content is not tested: ${why}`);
}

const ELSEWHERE = 'http://proxy.example:4173/proxy/{url}';

describe.skipIf(why !== undefined)('the app, served over https', () => {
  let registry: RegistryServer;
  let server: Awaited<ReturnType<typeof startServer>>;
  /** A proxy alone, over plain http, which serves the page that came over https. */
  let plain: Awaited<ReturnType<typeof startServer>>;
  let front: TlsFront;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    registry = await startRegistry();
    await pushArchive(registry, 'public/sample-image.tar', 'app:1', { transport: 'oci-archive' });
    const options = { host: '127.0.0.1', port: 0, allow: registry.url };
    server = await startServer({ ...options, root: 'dist', origins: undefined });
    front = await startTlsFront(`http://127.0.0.1:${portOf(server)}`);
    plain = await startServer({ ...options, origins: new URL(front.url).origin });
  });
  afterAll(async () => {
    await front.stop();
    await closeServer(plain);
    await closeServer(server);
    await registry.stop();
  });
  beforeEach(async () => {
    const options = { ignoresCertificates: true, isOffTheNet: true };
    app = await openApp({ ...options, route: '#/settings', url: front.url });
    page = app.page;
  });
  afterEach(() => app.close());

  const proxyField = () => page.getByLabel('Proxy', { exact: true });
  const useProxy = async (template: string): Promise<void> => {
    await page.getByText(/^The proxy answers/).waitFor();
    await proxyField().fill(template);
    await page.getByRole('button', { name: 'Use it' }).click();
  };
  const openName = async (name: string): Promise<void> => {
    await page.evaluate(() => (location.hash = '#/pull'));
    await page.getByRole('searchbox').fill(name);
    await page.keyboard.press('Enter');
  };

  it('reaches a registry of plain http through its own proxy', async () => {
    const pulled = await run(page, `docker pull -q ${registry.host}/app:1`);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('reaches it through a proxy of plain http on this machine, too', async () => {
    await useProxy(`http://127.0.0.1:${portOf(plain)}/proxy/{url}`);
    await page.getByText(/^The proxy answers/).waitFor();
    const pulled = await run(page, `docker pull -q ${registry.host}/app:1`);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('says of a proxy of plain http elsewhere that the browser keeps it away, and does not take it', async () => {
    await page.getByText(/^The proxy answers/).waitFor();
    await proxyField().fill(ELSEWHERE);
    await page.getByText(/the browser lets it ask no proxy over plain http/).waitFor();
    expect(await page.getByRole('button', { name: 'Use it' }).isDisabled()).toBe(true);
  });

  it('says of a registry of plain http elsewhere what keeps it away, and what helps', async () => {
    await page.getByLabel('Registry to test').fill('nas.example:5000');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /^Ask nas\.example:5000 over plain http/ }).click();
    await useProxy('');
    await page.getByText('Registries are asked directly').waitFor();
    await openName('nas.example:5000/app:1');
    const alert = page.getByRole('alert');
    await alert
      .getByRole('heading', { name: 'The browser keeps this page from plain http' })
      .waitFor();
    const told = await alert.innerText();
    expect(told).toContain('may not ask nas.example:5000 over plain http; a proxy can');
    expect(told).toContain('Check the proxy');
    await alert.getByRole('link', { name: 'Proxy settings' }).click();
    await proxyField().waitFor();
  });
});
