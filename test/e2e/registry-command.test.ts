import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoPeers } from '../interop/peers';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { buildImage, docker110, LayoutBuilder } from '../support/archive-builder';
import { run } from '../support/page-files';
import { tarOf } from '../support/tar-builder';
import { serveAppFor, type ServedApp } from '../support/served-app';

const API = buildImage({ tags: ['acme/api:1.0'] });

describe.skipIf(whyNoPeers() !== undefined)('the command that is copied, with a registry', () => {
  let registry: RegistryServer;
  let served: ServedApp;
  let app: App;
  let page: Page;
  let log: Locator;

  beforeAll(async () => {
    registry = await startRegistry();
    const layout = new LayoutBuilder();
    await pushLayout(registry, layout.items([layout.image(API)]), 'app:1');
    served = await serveAppFor(registry.url);
  });
  afterAll(async () => {
    await served.stop();
    await registry.stop();
  });
  beforeEach(async () => {
    app = await openApp({ url: served.url });
    page = app.page;
    log = page.getByRole('log');
    await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  afterEach(() => app.close());

  const copyFrom = async (part: Page | Locator): Promise<string> => {
    await part.getByRole('button', { name: 'Copy the command' }).click();
    await part.getByRole('button', { name: 'Command copied' }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const go = (route: string): Promise<unknown> => page.goto(new URL(route, page.url()).href);
  /** Names, IDs and blobs: all that a command or a button can change. */
  const state = async (): Promise<string> => {
    const list = "docker images --digests --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}'";
    const { stdout } = await run(page, list);
    return stdout + (await run(page, 'drydock verify --format json')).stdout;
  };
  const remote = async (name: string): Promise<string> =>
    (await run(page, `docker manifest inspect --insecure ${name}`)).stdout;

  it('from the Pull page pulls the same, pasted into the console', async () => {
    const name = `${registry.host}/app:1`;
    await go('#/pull');
    await page.getByRole('searchbox').fill(name);
    await page.keyboard.press('Enter');
    const pull = page.getByRole('button', { name: /^Pull linux\/amd64/ });
    await pull.waitFor();
    const command = await copyFrom(page);
    expect(command).toBe(`docker pull --platform linux/amd64 ${name}`);
    await pull.click();
    await page.getByRole('heading', { name: /^Pulled/ }).waitFor();
    const byMouse = await state();
    expect(byMouse).toContain(`${API.imageId} ${name}`);
    await run(page, 'docker image prune -a -f');
    expect(await state()).toContain('"blobs":0,');
    await go('#/console');
    await page.getByRole('textbox', { name: 'Command' }).press('Control+v');
    await page.keyboard.press('Enter');
    await log.getByText(`Downloaded newer image for ${name}`).waitFor();
    expect(await state()).toBe(byMouse);
  });

  it('from Push tags and pushes the same, pasted into the console', async () => {
    const buffer = Buffer.from(tarOf(docker110([API])));
    const file = { name: 'api.tar', mimeType: 'application/x-tar', buffer };
    await page.getByLabel('Open image archive').setInputFiles(file);
    const row = page.getByRole('table', { name: 'Images' }).getByRole('row', { name: /acme/ });
    await row.getByText('Verified').waitFor();
    const before = await state();
    const openDialog = async (name: string): Promise<Locator> => {
      await row.hover();
      await row.getByRole('button', { name: 'Actions for acme/api:1.0' }).click();
      await page.getByRole('menuitem', { name: 'Push…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Name in the registry' }).fill(name);
      await dialog.getByText(`docker tag acme/api:1.0 ${name}`).waitFor();
      return dialog;
    };
    const byMouse = `${registry.host}/acme/mouse:2`;
    const dialog = await openDialog(byMouse);
    await dialog.getByRole('button', { name: 'Push', exact: true }).click();
    await page.getByRole('status').getByText(`Pushed ${byMouse}`).waitFor();
    await run(page, `docker rmi ${byMouse}`);
    expect(await state()).toBe(before);

    const byCommand = `${registry.host}/acme/command:2`;
    await copyFrom(await openDialog(byCommand));
    await page.keyboard.press('Escape');
    await go('#/console');
    const command = page.getByRole('textbox', { name: 'Command' });
    await command.press('Control+v');
    // All lines but the last are run, the last stands there.
    await expect.poll(() => command.inputValue()).toBe(`docker push ${byCommand}`);
    await expect.poll(state).toContain(`${API.imageId} ${byCommand}`);
    await command.press('Enter');
    await log.getByText('2: digest: sha256:').waitFor();
    expect(await command.inputValue()).toBe('');
    expect(await remote(byCommand)).toBe(await remote(byMouse));
    expect(await remote(byCommand)).toContain(API.imageId);
  });
});
