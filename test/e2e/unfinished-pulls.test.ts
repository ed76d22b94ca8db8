import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import type { FaultPlan } from '../servers/faults';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { startPullLine, type PullLine } from '../support/pull-line';

const MiB = 1 << 20;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`unfinished pulls cannot be tested: ${why}`);
  console.log(`e2e: unfinished pulls are not tested against a real registry: ${why}`);
}

/** Runs of bytes that the store has, of blobs or of what is on its way. */
function countParts(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('drydock');
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('no database')));
    });
    const count = database.transaction('parts').objectStore('parts').count();
    return new Promise<number>((resolve) =>
      count.addEventListener('success', () => {
        database.close();
        resolve(count.result);
      }),
    );
  });
}

describe.skipIf(why !== undefined)('pulls that broke off, on the Pull page', () => {
  let started: PullLine;
  let line: PullLine['line'];
  let app: App;

  beforeAll(async () => {
    started = await startPullLine();
    ({ line } = started);
  });
  afterAll(() => started.stop());
  afterEach(() => app.close());

  const throttled: FaultPlan = ({ path }) =>
    path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: 3 * MiB } : undefined;
  const pullOf = (page: Page) => page.getByRole('region', { name: `Pulling ${line.host}/app:1` });
  const start = async (viewport = { width: 1440, height: 900 }): Promise<void> => {
    line.plan = throttled;
    app = await openApp({
      route: '#/pull',
      url: started.appUrl,
      viewport,
    });
  };
  /** Begins a pull by mouse and ends the browser once some of it has come. */
  const breakOff = async (): Promise<void> => {
    const { page } = app;
    await page.getByRole('searchbox').fill(`${line.host}/app:1`);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
    await pullOf(page)
      .getByText(/^[2-7]\.\d+ MB/)
      .first()
      .waitFor();
    app = await app.killAndRestart();
  };

  it('are listed after a restart, and go on where they were', async () => {
    await start();
    await breakOff();
    const pull = pullOf(app.page);
    await pull.getByRole('heading', { name: /^Paused/ }).waitFor();
    await pull.getByText('What has come is kept for a week').waitFor();
    const { violations } = await new AxeBuilder({ page: app.page }).analyze();
    expect(violations).toEqual([]);
    const before = line.exchanges.length;
    line.plan = () => undefined;
    await pull.getByRole('button', { name: 'Go on' }).click();
    await pull.getByRole('heading', { name: /^Pulled/ }).waitFor();
    const ranges = line.exchanges.slice(before).filter(({ status }) => status === 206);
    expect(ranges.length).toBeGreaterThan(0);
    app = await app.restart();
    await app.page.getByRole('searchbox').waitFor();
    await expect.poll(() => run(app.page, 'docker images -q')).toMatchObject({ exitCode: 0 });
    expect(await pullOf(app.page).count()).toBe(0);
  });

  it('can be discarded, which frees what has come', async () => {
    await start({ width: 360, height: 740 });
    await breakOff();
    await pullOf(app.page).getByRole('button', { name: 'Discard' }).click();
    await pullOf(app.page).waitFor({ state: 'detached' });
    await expect.poll(() => countParts(app.page)).toBe(0);
    app = await app.restart();
    await app.page.getByRole('searchbox').waitFor();
    const { stdout } = await run(app.page, 'docker images -aq');
    expect(stdout).toBe('');
    expect(await pullOf(app.page).count()).toBe(0);
  });

  it('of the console are listed as well, and one that runs in another tab is not', async () => {
    await start();
    // It is to last until another tab has opened, however busy the machine is.
    line.plan = ({ path }) =>
      path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: MiB / 2 } : undefined;
    const running = run(app.page, `docker pull ${line.host}/app:1`);
    await expect
      .poll(() => line.exchanges.filter(({ path }) => path.includes('/blobs/')).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(1);
    await app.page.waitForTimeout(4000);
    const second = await app.context.newPage();
    await second.goto(`${started.appUrl}#/pull`);
    await second.getByRole('searchbox').waitFor();
    await second.waitForTimeout(300);
    expect(await pullOf(second).count()).toBe(0);
    // Its tab is closed: what it left shows when the page is opened again.
    await app.page.close();
    await running.catch(() => undefined);
    await second.reload();
    await pullOf(second)
      .getByRole('heading', { name: /^Paused/ })
      .waitFor();
  });
});
