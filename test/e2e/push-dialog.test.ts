import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoPeers } from '../interop/peers';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { dockerArchive, run } from '../support/page-files';
import { serveAppFor, type ServedApp } from '../support/served-app';

describe.skipIf(whyNoPeers() !== undefined)('an image pushed by mouse', () => {
  let registry: RegistryServer;
  let served: ServedApp;
  let app: App;
  let page: Page;
  let dialog: Locator;

  beforeAll(async () => {
    registry = await startRegistry({ auth: 'htpasswd' });
    served = await serveAppFor(registry.url);
  });
  afterAll(async () => {
    await served.stop();
    await registry.stop();
  });
  beforeEach(async () => {
    app = await openApp({ url: served.url });
    page = app.page;
    dialog = page.getByRole('dialog');
    const buffer = Buffer.from(dockerArchive({ tags: ['acme/api:1.0'] }));
    const file = { name: 'api.tar', mimeType: 'application/x-tar', buffer };
    await page.getByLabel('Open image archive').setInputFiles(file);
    const row = page.getByRole('table', { name: 'Images' }).getByRole('row', { name: /acme/ });
    await row.getByText('Verified').waitFor();
    await row.hover();
    await row.getByRole('button', { name: 'Actions for acme/api:1.0' }).click();
    await page.getByRole('menuitem', { name: 'Push…' }).click();
    await dialog.waitFor();
  });
  afterEach(() => app.close());

  it('gets its new name, asks for a login where it is refused, and says its digest', async () => {
    const name = `${registry.host}/acme/api:2`;
    await dialog.getByText('docker push acme/api:1.0', { exact: true }).waitFor();
    await dialog.getByRole('textbox', { name: 'Name in the registry' }).fill(name);
    await dialog.getByText(`Uploads the image to ${registry.host}`).waitFor();
    await dialog.getByText(`docker tag acme/api:1.0 ${name}`).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await dialog.getByRole('button', { name: 'Push', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Log in' }).click();
    expect(await dialog.getByLabel('Registry').inputValue()).toBe(registry.host);
    await dialog.getByLabel('User name').fill(HTPASSWD_USER.name);
    await dialog.getByLabel('Password or token').fill(HTPASSWD_USER.password);
    await page.keyboard.press('Enter');
    const told = page.getByRole('status').filter({ hasText: `Pushed ${name}` });
    const [digest] = /sha256:[0-9a-f]{64}/.exec(await told.last().innerText()) ?? [];
    await told.getByRole('button', { name: 'Copy digest' }).last().waitFor();
    const remote = await run(page, `docker manifest inspect --verbose --insecure ${name}`);
    expect(remote.stdout).toContain(digest);
    // What the dialog did is what its command does.
    const again = await run(page, `docker push ${name}`);
    expect(again.stdout).toContain(`2: digest: ${digest} size: `);
    expect(again.stdout).toContain(': Layer already exists');
  });

  it('is not pushed under a name that cannot be one', async () => {
    await dialog.getByRole('textbox', { name: 'Name in the registry' }).fill('Acme');
    await dialog.getByText('must be lowercase').waitFor();
    expect(await dialog.getByRole('button', { name: 'Push', exact: true }).isDisabled()).toBe(true);
  });
});
