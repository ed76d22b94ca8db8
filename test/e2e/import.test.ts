import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

const ROOTFS = Buffer.from(
  tarOf(['bin/', 'etc/', 'usr/', 'var/', { path: 'etc/hostname', content: 'box\n' }]),
);

let app: App;
let page: Page;
let dialog: Locator;

/** What an image made of the file says of itself, but for when it was made. */
async function described(image: string): Promise<string> {
  const format = '{{json .RootFS}} {{json .Config}} {{.Comment}} {{.Os}}/{{.Architecture}}';
  return (await run(page, `docker image inspect -f '${format}' ${image}`)).stdout;
}

beforeEach(async () => {
  app = await openApp();
  page = app.page;
  dialog = page.getByRole('dialog');
  const file = { name: 'my box.tar', mimeType: 'application/x-tar', buffer: ROOTFS };
  await page.getByLabel('Open image archive').setInputFiles(file);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Import as an image…' }).click();
  await dialog.getByRole('heading', { name: 'Import my box.tar' }).waitFor();
});

afterEach(async () => {
  await app.close();
});

describe('a root filesystem', () => {
  it('becomes an image by mouse, as its command makes one', async () => {
    await dialog.getByRole('textbox', { name: 'Name' }).fill('acme/box:1');
    await dialog.getByRole('textbox', { name: 'Message' }).fill("ada's box");
    await dialog
      .getByRole('textbox', { name: 'Changes' })
      .fill('CMD ["/bin/sh"]\n\nENV A="b c" D=e');
    const line = `docker import -m 'ada'\\''s box' -c 'CMD ["/bin/sh"]' -c 'ENV A="b c" D=e' 'my box.tar' acme/box:1`;
    await dialog.getByText(line).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('status').getByText('Imported acme/box:1').waitFor();
    const row = page.getByRole('table', { name: 'Images' }).getByRole('row', { name: /acme\/box/ });
    await row.getByText('Verified').waitFor();
    const byMouse = await described('acme/box:1');
    expect(byMouse).toContain('"Cmd":["/bin/sh"]');
    expect(byMouse).toContain("ada's box linux/amd64");
    const result = await page.evaluate(
      async ({ command, bytes }) => {
        const files = { 'my box.tar': new Blob([new Uint8Array(bytes)]) };
        const { exitCode, stdout } = await window.drydock.run(command, { files });
        return { exitCode, id: stdout.trim() };
      },
      { command: line, bytes: [...ROOTFS] },
    );
    expect(result.exitCode).toBe(0);
    expect(await described(result.id)).toBe(byMouse);
  });

  it('is checked as its name and its changes are typed, and needs neither', async () => {
    const submit = dialog.getByRole('button', { name: 'Import', exact: true });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Box');
    await dialog.getByText('must be lowercase').waitFor();
    expect(await submit.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('');
    await dialog.getByRole('textbox', { name: 'Changes' }).fill('RUN make');
    await dialog.getByText('RUN is not a valid change command').waitFor();
    expect(await submit.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Changes' }).fill('');
    await dialog.getByText("docker import 'my box.tar'", { exact: true }).waitFor();
    await submit.click();
    await page
      .getByRole('status')
      .getByText(/^Imported [0-9a-f]{12}$/)
      .waitFor();
    expect((await run(page, 'docker images -q')).stdout).toMatch(/^[0-9a-f]{12}\n$/);
  });
});
