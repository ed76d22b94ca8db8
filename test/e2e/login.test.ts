import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import { pushArchive } from '../servers/push-images';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import { filesWith } from '../support/files-with';
import { serveAppFor, type ServedApp } from '../support/served-app';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`logins cannot be tested: ${why}`);
  console.log(`e2e: logins are not tested against a real registry: ${why}`);
}

const PASSPHRASE = 'battery staple';

describe.skipIf(why !== undefined)('a registry that asks for a login', () => {
  let registry: RegistryServer;
  let served: ServedApp;
  let app: App;
  let page: Page;

  beforeAll(async () => {
    registry = await startRegistry({ auth: 'htpasswd' });
    await pushArchive(registry, 'public/sample-image.tar', 'private/web:1.0', {
      transport: 'oci-archive',
      user: HTPASSWD_USER,
    });
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

  const dialog = (): Locator => page.getByRole('dialog');
  const logIn = async (password: string): Promise<void> => {
    await dialog().getByLabel('User name').fill(HTPASSWD_USER.name);
    await dialog().getByLabel('Password or token').fill(password);
    await page.keyboard.press('Enter');
  };
  const openSettings = async (): Promise<void> => {
    await page.evaluate(() => (location.hash = '#/settings'));
    await page.getByRole('heading', { name: 'Logins' }).waitFor();
  };
  const logInWithSettings = async (): Promise<void> => {
    await openSettings();
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await dialog().getByLabel('Registry').fill(registry.host);
  };

  it('offers the form where it refuses, tells a wrong password in a sentence, and pulls with the right one', async () => {
    await page.getByRole('searchbox').fill(`${registry.host}/private/web:1.0`);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByRole('button', { name: 'Log in' }).click();
    expect(await dialog().getByLabel('Registry').inputValue()).toBe(registry.host);
    await logIn('wrong horse');
    const told = await dialog().getByRole('alert').innerText();
    expect(told).toContain(`${registry.host} does not accept this user name and password`);
    expect(told).not.toContain('wrong horse');
    await logIn(HTPASSWD_USER.password);
    await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
    await page.getByRole('heading', { name: /^Pulled/ }).waitFor();
    expect(page.url()).not.toContain('horse');
  });

  it('lists who is logged in for the session, and logs out', async () => {
    await logInWithSettings();
    await logIn(HTPASSWD_USER.password);
    const logins = page.getByRole('list', { name: 'Logins' });
    await logins.getByText(registry.host).waitFor();
    expect(await logins.innerText()).toContain('this session');
    await page.getByRole('button', { name: `Log out of ${registry.host}` }).click();
    await page.getByText('Nobody is logged in.').waitFor();
  });

  it('keeps a login under a passphrase, and opens it again with no other', async () => {
    await logInWithSettings();
    await dialog().getByRole('checkbox').check();
    await dialog().getByLabel('New passphrase').fill(PASSPHRASE);
    await dialog().getByLabel('The passphrase again').fill(PASSPHRASE);
    await logIn(HTPASSWD_USER.password);
    await page.getByText('encrypted on this device').waitFor();
    await page.reload();
    await page.getByText('Logins are kept here, locked').waitFor();
    const unlock = async (passphrase: string): Promise<void> => {
      await page.getByLabel('Passphrase of the kept logins').fill(passphrase);
      await page.keyboard.press('Enter');
    };
    await unlock('another');
    await page.getByText('The passphrase is wrong').waitFor();
    await unlock(PASSPHRASE);
    await page.getByRole('list', { name: 'Logins' }).getByText(registry.host).waitFor();
    const pulled = await page.evaluate(
      (name) => window.drydock.run(`docker pull -q ${name}`),
      `${registry.host}/private/web:1.0`,
    );
    expect(pulled.exitCode).toBe(0);
  });

  it('shows what is secret in no field that can be read', async () => {
    await logInWithSettings();
    await dialog().getByRole('checkbox').check();
    const secret = dialog().locator('input[type=password]');
    expect(await secret.count()).toBe(3);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
  });

  describe('whose password is on no disk', () => {
    const { name, password } = HTPASSWD_USER;
    const logs: string[] = [];

    beforeEach(() => {
      logs.length = 0;
      page.on('console', (message) => logs.push(message.text()));
    });

    /** Pulls with the login; then whatever the browser has kept lies there. */
    const useAndClose = async (): Promise<void> => {
      const pulled = await page.evaluate(
        (line) => window.drydock.run(line),
        `docker pull -q ${registry.host}/private/web:1.0`,
      );
      expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.stringify(pulled)).not.toContain(password);
      expect(logs.join('\n')).not.toContain(password);
      await app.context.close();
    };
    const openConsole = async (): Promise<Locator> => {
      await page.evaluate(() => (location.hash = '#/console'));
      const command = page.getByRole('textbox', { name: 'Command' });
      await command.waitFor();
      return command;
    };

    it('where it is for the session, by the form', async () => {
      await logInWithSettings();
      await logIn(password);
      await page.getByRole('list', { name: 'Logins' }).getByText(registry.host).waitFor();
      await useAndClose();
      expect(filesWith(app.profile, [password])).toEqual([]);
    });

    it('where it is for the session, by the console, whose transcript and history have a mask', async () => {
      const command = await openConsole();
      await command.fill(`docker login -u ${name} -p '${password}' ${registry.host}`);
      await command.press('Enter');
      await page.getByRole('log').getByText('Login Succeeded').waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save session as a text file' }).click();
      const transcript = await readFile(await (await download).path(), 'utf8');
      expect(transcript).toContain('docker login');
      expect(transcript).not.toContain(password);
      await useAndClose();
      expect(filesWith(app.profile, [password])).toEqual([]);
      // What is there is found: the line itself is in the history.
      expect(filesWith(app.profile, [`docker login -u ${name} -p`])).not.toEqual([]);
    });

    it('where it is kept under a passphrase, which is on no disk either', async () => {
      await logInWithSettings();
      await dialog().getByRole('checkbox').check();
      await dialog().getByLabel('New passphrase').fill(PASSPHRASE);
      await dialog().getByLabel('The passphrase again').fill(PASSPHRASE);
      await logIn(password);
      await page.getByText('encrypted on this device').waitFor();
      await useAndClose();
      expect(filesWith(app.profile, [password, PASSPHRASE])).toEqual([]);
      app = await app.restart();
      await app.page.evaluate(() => (location.hash = '#/settings'));
      await app.page.getByText('Logins are kept here, locked').waitFor();
    });
  });
});
