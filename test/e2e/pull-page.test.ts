import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import type { Fault, FaultPlan } from '../servers/faults';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { startPullLine, type PullLine } from '../support/pull-line';

const MiB = 1 << 20;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`the Pull page cannot be tested: ${why}`);
  console.log(`e2e: the Pull page is not tested against a real registry: ${why}`);
}

describe.skipIf(why !== undefined)('the Pull page, over a line that is not always good', () => {
  let started: PullLine;
  let line: PullLine['line'];
  let app: App;

  beforeAll(async () => {
    started = await startPullLine();
    ({ line } = started);
  });
  afterAll(() => started.stop());
  afterEach(async () => {
    line.plan = () => undefined;
    await app.close();
  });

  const start = async (plan: FaultPlan): Promise<Page> => {
    line.plan = plan;
    app = await openApp({ route: '#/pull', url: started.appUrl });
    return app.page;
  };
  const open = async (page: Page): Promise<void> => {
    await page.getByRole('searchbox').fill(`${line.host}/app:1`);
    await page.keyboard.press('Enter');
  };
  const pull = (page: Page): Promise<void> =>
    page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
  const card = (page: Page) => page.getByRole('region', { name: `Pulling ${line.host}/app:1` });
  const of =
    (part: string, fault: Fault): FaultPlan =>
    ({ path }) =>
      path.includes(part) ? fault : undefined;

  it('says that a registry fails while it is asked again, and goes on when it answers', async () => {
    const page = await start(of('/manifests/', { kind: 'status', status: 500 }));
    await open(page);
    await page.getByText(`${line.host} answers with HTTP status 500; trying again…`).waitFor();
    line.plan = () => undefined;
    await page.getByRole('button', { name: /^Pull linux\/amd64/ }).waitFor();
    expect(await page.getByText(/trying again/).count()).toBe(0);
  });

  it('says of a layer whose line breaks that it is tried again, with no speed; once it is given up, one button goes on', async () => {
    const page = await start(({ path, headers }) => {
      if (!path.includes('/blobs/')) return undefined;
      const isGoingOn = /^bytes=[1-9]/.test(String(headers['range']));
      return isGoingOn ? { kind: 'status', status: 500 } : { kind: 'cut', after: 3 * MiB };
    });
    await open(page);
    await pull(page);
    await card(page)
      .getByText(/^trying again in \d s$/)
      .first()
      .waitFor();
    expect(await card(page).getByText(/\/s$/).count()).toBe(0);
    await card(page)
      .getByRole('heading', { name: /^Not pulled/ })
      .waitFor({ timeout: 40_000 });
    expect(await card(page).getByRole('button', { name: 'Try again' }).count()).toBe(0);
    line.plan = () => undefined;
    await card(page).getByRole('button', { name: 'Go on' }).click();
    await card(page)
      .getByRole('heading', { name: /^Pulled/ })
      .waitFor();
    await run(page, `docker rmi ${line.host}/app:1`);
    await card(page).getByText('removed since').waitFor();
    expect(await card(page).getByRole('link', { name: 'Look inside' }).count()).toBe(0);
  });

  it('finds a pull that the console left, says when it was tried, and drops it when it is done', async () => {
    const slow: FaultPlan = of('/blobs/', { kind: 'throttle', bytesPerSecond: 3 * MiB });
    const page = await start(slow);
    await page.evaluate(
      (command) =>
        new Promise<void>((resolve) => {
          const controller = new AbortController();
          const { signal } = controller;
          const onProgress = ({ done }: { readonly done: number }): void => {
            if (done >= 3 << 20) controller.abort();
          };
          void window.drydock.run(command, { signal, onProgress }).then(() => resolve());
        }),
      `docker pull ${line.host}/app:1`,
    );
    const second = await app.context.newPage();
    await second.goto(page.url());
    await card(second)
      .getByText(/^last tried (now|\d+ seconds? ago)$/)
      .waitFor();
    line.plan = () => undefined;
    await run(page, `docker pull ${line.host}/app:1`);
    await second.evaluate(() => window.dispatchEvent(new Event('focus')));
    await card(second).waitFor({ state: 'detached' });
  });

  it('asks for a login where a manifest alone wants one', async () => {
    const headers = { 'www-authenticate': 'Basic realm="Registry"' };
    const body = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';
    const page = await start(of('/manifests/', { kind: 'status', status: 401, headers, body }));
    const { stderr } = await run(page, `docker pull ${line.host}/app:1`);
    expect(stderr).toBe('Error response from daemon: unauthorized\n');
    await open(page);
    const alert = page.getByRole('alert');
    await alert.getByText(/asks for a login \(unauthorized\)/).waitFor();
    await alert.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('dialog').getByLabel('Password').waitFor();
  });

  it('says once what a registry warns of', async () => {
    const headers = { warning: '299 - "app is to be retired"' };
    const page = await start(({ path }) =>
      path.startsWith('/v2/app/') ? { kind: 'headers', headers } : undefined,
    );
    await open(page);
    await pull(page);
    await card(page)
      .getByRole('heading', { name: /^Pulled/ })
      .waitFor();
    expect(await page.getByText(/app is to be retired/).count()).toBe(1);
  });

  it('has no columns for what a list of a registry does not say, and empties its field', async () => {
    const page = await start(() => undefined);
    await page.getByLabel('Registry to search').fill(line.host);
    await page.keyboard.press('Enter');
    const results = page.getByRole('table', { name: 'Search results' });
    await results.getByRole('button', { name: 'app', exact: true }).waitFor();
    expect(await results.getByRole('columnheader').allTextContents()).toEqual([
      'Repository',
      'Pull',
    ]);
    await page.getByRole('searchbox').fill('zzz');
    await page.getByText('Nothing found.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await results.getByRole('button', { name: 'app', exact: true }).waitFor();
    await page.getByRole('contentinfo', { name: 'Status' }).getByText('Proxy ready').waitFor();
  });
});
