import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import type { Fault } from '../servers/faults';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { startPullLine, type PullLine } from '../support/pull-line';

const MiB = 1 << 20;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`pulls over a lost line cannot be tested: ${why}`);
  console.log(`e2e: pulls over a lost line are not tested: ${why}`);
}

describe.skipIf(why !== undefined)(
  'a pull whose line is lost while another screen is shown',
  () => {
    let started: PullLine;
    let line: PullLine['line'];
    let app: App;
    let page: Page;

    beforeAll(async () => {
      started = await startPullLine();
      ({ line } = started);
    });
    afterAll(() => started.stop());
    beforeEach(async () => {
      app = await openApp({ route: '#/pull', url: started.appUrl });
      page = app.page;
    });
    afterEach(async () => {
      line.plan = () => undefined;
      await app.close();
    });

    const status = (): Locator => page.getByRole('contentinfo', { name: 'Status' });
    /** What is on its way ends in the middle, and nothing else comes through until it is back. */
    const lose = (then: Fault = { kind: 'no answer' }): void => {
      line.plan = ({ path, headers }) => {
        if (!path.includes('/blobs/')) return undefined;
        const isFirst = headers.range === undefined;
        return isFirst ? { kind: 'cut', after: 3 * MiB } : then;
      };
    };
    const pullAndGo = async (screen: string): Promise<void> => {
      await page.getByRole('searchbox').fill(`${line.host}/app:1`);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Pull linux\/amd64/ }).click();
      await page.evaluate((hash) => (location.hash = hash), screen);
    };

    it.each(['#/images', '#/console', '#/settings'])(
      'says in the status bar that it is tried again, and ends by itself once it is back: %s',
      async (screen) => {
        lose();
        const before = line.exchanges.length;
        await pullAndGo(screen);
        await status().getByText('trying again', { exact: true }).waitFor();
        line.plan = () => undefined;
        await page.getByText(`Pulled ${line.host}/app:1`).waitFor();
        const { stdout } = await run(page, 'drydock verify --format json');
        expect(JSON.parse(stdout)).toMatchObject({ blobs: 4, problems: [] });
        const blobs = line.exchanges.slice(before).filter(({ path }) => path.includes('/blobs/'));
        expect(blobs.some(({ range, status }) => range !== undefined && status === 206)).toBe(true);
        expect(new URL(page.url()).hash).toBe(screen);
      },
    );

    it('is waited for longer than a proxy takes to start anew, and goes on by itself', async () => {
      lose();
      await pullAndGo('#/images');
      await status().getByText('trying again', { exact: true }).waitFor();
      await page.waitForTimeout(12_000);
      await status().getByText('trying again', { exact: true }).waitFor();
      line.plan = () => undefined;
      await page.getByText(`Pulled ${line.host}/app:1`).waitFor();
    });

    it('is cancelled at once while it is waited for, and goes on from there when it is pulled again', async () => {
      lose();
      await pullAndGo('#/images');
      // By then there are seconds between two attempts.
      await status().getByText('trying again', { exact: true }).waitFor();
      await page.waitForTimeout(8000);
      await status()
        .getByRole('button', { name: `Cancel ${line.host}/app:1` })
        .click();
      await status().getByText('trying again', { exact: true }).waitFor({ state: 'detached' });
      const before = line.exchanges.length;
      await page.waitForTimeout(6000);
      expect(line.exchanges.slice(before)).toEqual([]);
      line.plan = () => undefined;
      expect((await run(page, 'docker images -q')).stdout).toBe('');
      expect(await run(page, `docker pull -q ${line.host}/app:1`)).toMatchObject({ exitCode: 0 });
      const large = line.exchanges
        .slice(before)
        .filter(({ path }) => path.endsWith(started.largeLayer));
      expect(large.map(({ status }) => status)).toEqual([206]);
    });

    it('says that it was given up, and leads to where it goes on', async () => {
      lose({ kind: 'status', status: 500 });
      await pullAndGo('#/images');
      await page.getByText(`${line.host}/app:1 was not pulled`).waitFor({ timeout: 40_000 });
      line.plan = () => undefined;
      await page.getByRole('button', { name: 'See why' }).click();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('heading', { name: /^Pulled/ }).waitFor();
    });
  },
);
