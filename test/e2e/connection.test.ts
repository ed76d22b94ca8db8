import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from 'vitest';
import type {} from '../../src/app/drydock';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { startTokenServer, type TokenServer } from '../servers/token-server';
import { openApp, type App } from '../support/app';
import { closeServer, portOf, startUpstream } from '../support/upstream';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`connections cannot be tested: ${why}`);
  console.log(`e2e: connections are not tested against real registries: ${why}`);
}

/** The built app on a server that knows files alone, and answers its first page for whatever else is asked. */
function startFiles(): ReturnType<typeof startUpstream> {
  const types: Readonly<Record<string, string>> = {
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.wasm': 'application/wasm',
  };
  return startUpstream((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://files');
    const path = join('dist', pathname);
    const isFile = pathname !== '/' && existsSync(path);
    const type = isFile ? (types[extname(path)] ?? 'application/octet-stream') : 'text/html';
    response.writeHead(200, { 'Content-Type': type });
    response.end(readFileSync(isFile ? path : 'dist/index.html'));
  });
}

/** On another site than the registry, and nowhere. */
const REALM = 'tokens.elsewhere.example';

describe.skipIf(why !== undefined)('a registry, as the page reaches it', () => {
  let open: RegistryServer;
  let elsewhere: RegistryServer;
  let tokens: TokenServer;
  let website: Awaited<ReturnType<typeof startUpstream>>;
  let server: Awaited<ReturnType<typeof startServer>>;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    tokens = await startTokenServer({ realm: `https://${REALM}/token` });
    [open, elsewhere] = await Promise.all([startRegistry(), startRegistry({ auth: tokens })]);
    website = await startUpstream((_, response) => {
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Headers': '*',
      });
      response.end('<!doctype html><title>Welcome</title>');
    });
    const allow = `http://${open.host},http://${elsewhere.host}`;
    const host = '127.0.0.1';
    server = await startServer({ host, port: 0, allow, origins: undefined, root: 'dist' });
  });
  afterAll(async () => {
    await closeServer(server);
    await Promise.all([open.stop(), elsewhere.stop(), tokens.stop(), website.close()]);
  });
  beforeEach(async () => {
    app = await openApp({ route: '#/settings', url: `http://127.0.0.1:${portOf(server)}/` });
    page = app.page;
  });
  afterEach(() => app.close());

  describe('the test in Settings', () => {
    const test = async (registry: string): Promise<void> => {
      await page.getByLabel('Registry to test').fill(registry);
      await page.keyboard.press('Enter');
    };

    it('says by which way it answers', async () => {
      await test(open.host);
      await page.getByText('It answers through the proxy').waitFor();
      await page.getByText(`http://${open.host} lets everybody in.`).waitFor();
    });

    it('tells apart a host that the proxy does not reach, one without a proxy, and no network', async () => {
      await test('registry.blocked.example');
      await page
        .getByText(/proxy does not reach|not list|not allowed/i)
        .first()
        .waitFor();
      await page.getByLabel('Proxy', { exact: true }).fill('');
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.getByText('Registries are asked directly').waitFor();
      await test(open.host);
      await page.getByText(/does not let web pages in; a proxy would reach it/).waitFor();
      await app.context.setOffline(true);
      await test(open.host);
      await page.getByText(/The browser is offline/).waitFor();
    });

    it('tells what is no registry', async () => {
      await test(new URL(website.url).host);
      await page.getByText(/is no registry/).waitFor();
    });

    it('tries the proxy that is typed, which it does not set', async () => {
      const proxy = page.getByLabel('Proxy', { exact: true });
      await page.getByText(/^The proxy answers/).waitFor();
      await proxy.fill('/nowhere/{url}');
      await page.getByText('Not tested yet').waitFor();
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByText('No proxy answers there').waitFor();
      await test(open.host);
      await page.getByText('There is no proxy under its address').waitFor();
      await proxy.fill('');
      await test(open.host);
      await page.getByText(/does not let web pages in; a proxy would reach it/).waitFor();
      await page.reload();
      await page.getByText(/^The proxy answers/).waitFor();
      expect(await proxy.inputValue()).toBe('/proxy/{url}');
      await test(open.host);
      await page.getByText('It answers through the proxy').waitFor();
    });

    it('remembers which registry of the network may be asked over plain http', async () => {
      await test('nas.example:5000');
      const allow = page.getByRole('checkbox', { name: /^Ask nas\.example:5000 over plain http/ });
      await allow.click();
      await page.reload();
      await test('nas.example:5000');
      await expect.poll(() => allow.isChecked()).toBe(true);
    });
  });

  describe('the Pull page', () => {
    const ask = async (name: string): Promise<void> => {
      await page.goto(page.url().replace(/#.*/, '#/pull'));
      await page.getByRole('searchbox').fill(name);
      await page.keyboard.press('Enter');
    };
    const open1 = (): string => `${open.host}/app:1`;

    it('blames a wrong proxy, and not the registry, and leads to Settings', async () => {
      await page.getByLabel('Proxy', { exact: true }).fill('/nowhere/{url}');
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.getByText('No proxy answers there').waitFor();
      await ask(open1());
      const alert = page.getByRole('alert');
      await alert.getByRole('heading', { name: 'There is no proxy under its address' }).waitFor();
      expect(await alert.innerText()).toContain('Correct the proxy in Settings.');
      await alert.getByRole('link', { name: 'Proxy settings' }).click();
      await page.getByLabel('Proxy', { exact: true }).waitFor();
    });

    it('says what to do where the app lies on a server of files', async () => {
      const files = await startFiles();
      onTestFinished(() => files.close());
      await page.goto(`${files.url}/#/pull`);
      const steps = page.getByRole('alert').getByRole('listitem');
      await steps.filter({ hasText: 'npm ci && npm start' }).waitFor();
      expect(await steps.count()).toBe(4);
      // On a phone there is no room for the hint above it.
      const hint = page.getByText('Any registry works');
      expect(await hint.isVisible()).toBe(true);
      await page.setViewportSize({ width: 360, height: 700 });
      expect(await hint.isVisible()).toBe(false);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.getByRole('searchbox').fill(open1());
      await page.keyboard.press('Enter');
      await page.getByText(/this page's own server answers there with HTTP status 200/).waitFor();
      await page.getByRole('searchbox').fill('nginx');
      await page.keyboard.press('Enter');
      await page.getByText(/so hub\.docker\.com cannot be reached/).waitFor();
    });

    it('says that there is no network, and goes on once there is', async () => {
      const says = (name: string): Promise<void> => page.getByRole('heading', { name }).waitFor();
      const tryAgain = page.getByRole('button', { name: 'Try again' });
      await ask(open1());
      await says('The registry has no such image');
      await app.context.setOffline(true);
      await tryAgain.click();
      await says('You are offline');
      // Nobody has to press anything once it is back.
      await app.context.setOffline(false);
      await says('The registry has no such image');
    });
  });

  describe('a token server on another site', () => {
    const dialog = () => page.getByRole('dialog', { name: `Log in by way of ${REALM}?` });
    const pull = (): Promise<{ exitCode: number; stderr: string }> =>
      page.evaluate(
        (name) => window.drydock.run(`docker pull ${name}`),
        `${elsewhere.host}/team/app:1`,
      );

    it('is asked about with the safe answer first, and no is no', async () => {
      const pulling = pull();
      await dialog().waitFor();
      expect(await dialog().innerText()).toContain(`${elsewhere.host} sends you to ${REALM}`);
      const focused = page.locator(':focus');
      expect(await focused.innerText()).toBe('Don’t go there');
      await page.keyboard.press('Enter');
      const { exitCode, stderr } = await pulling;
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('nobody agreed')]);
    });

    it('is asked about once, and gets what was agreed to', async () => {
      const pulling = pull();
      await dialog()
        .getByRole('button', { name: `Log in at ${REALM}` })
        .click();
      expect((await pulling).stderr).not.toContain('nobody agreed');
      await page.reload();
      const again = await pull();
      expect(again.exitCode).toBe(1);
      expect(again.stderr).toContain(REALM);
      expect(again.stderr).not.toContain('nobody agreed');
      expect(await dialog().count()).toBe(0);
    });
  });
});
