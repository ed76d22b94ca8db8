import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../src/app/drydock';
import { isRequired, whyNoPeers } from '../interop/peers';
import type { Exchange } from '../servers/fault-proxy';
import { FaultTally } from '../servers/fault-tally';
import { seededFaults, seededRandom, type Fault } from '../servers/faults';
import { openApp, type App } from '../support/app';
import { run } from '../support/page-files';
import { startPullLine, type PullLine } from '../support/pull-line';

const MiB = 1 << 20;
const SEEDS = 20;
const MOST_FAULTS = 4;
/** How often the tab is killed during the pull of one seed. */
const KILLS = 2;
/** In every fourth seed the last kill takes the whole browser. */
const takesBrowser = (seed: number, kill: number): boolean => kill === KILLS && seed % 4 === 0;
/** Bytes of an image after which the first MiB of its large layer is stored for certain: its second part, of 2 MiB, waits for that. */
const SURELY_STORED = 3.5 * MiB;

declare global {
  interface Window {
    /** Takes what the page says of its progress, so that it is known when the page is gone. */
    told(bytes: number): Promise<void>;
  }
}

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`pulls in tabs that are killed cannot be tested: ${why}`);
  console.log(`e2e: pulls in tabs that are killed are not tested: ${why}`);
}

describe.skipIf(why !== undefined)('a pull over a bad line, in a tab that is killed', () => {
  let started: PullLine;
  let app: App;
  /** Bytes of the image that had come, as far as the page said it. */
  let here = 0;
  /** Seeds in which the large layer was asked for from its start again. */
  const again = new Set<number>();
  /** Attempts of which that was not to be asked for. */
  let goneOn = 0;

  const listen = (): Promise<unknown> =>
    app.context.exposeFunction('told', (bytes: number) => {
      here = Math.max(here, bytes);
    });
  beforeAll(async () => {
    started = await startPullLine();
    app = await openApp({ url: started.appUrl });
    await listen();
  });
  afterAll(async () => {
    await app.close();
    await started.stop();
  });

  const pull = (): ReturnType<typeof run> =>
    app.page.evaluate(async (line) => {
      await window.drydock.ready;
      const onProgress = ({ done }: { readonly done: number }): void => void window.told(done);
      const { exitCode, stdout, stderr } = await window.drydock.run(line, { onProgress });
      return { exitCode, stdout, stderr };
    }, `docker pull ${started.line.host}/app:1`);

  async function killWhilePulling(after: number, isBrowser: boolean): Promise<void> {
    const wait = app.page.waitForTimeout(after);
    void pull().catch(() => undefined);
    await wait;
    app = await (isBrowser ? app.killAndRestart() : app.killTab());
    if (isBrowser) await listen();
  }

  /** Whether a pull succeeded. What failed said so in one line. */
  async function succeeds(): Promise<boolean> {
    const result = await pull();
    if (result.exitCode === 0) return true;
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^[^\n]+\n$/) as string,
    });
    return false;
  }

  const isOfLarge = ({ path }: Exchange): boolean => path.endsWith(started.largeLayer);

  /** One attempt, killed or not, after which the store is sound. What has come before is not asked for. */
  async function attempt<T>(seed: number, pulling: () => Promise<T>): Promise<T> {
    const had = here;
    const before = started.line.exchanges.length;
    const result = await pulling();
    const asked = started.line.exchanges.slice(before).filter(isOfLarge);
    if (had >= SURELY_STORED) {
      goneOn++;
      if (asked.some(({ status }) => status === 200)) again.add(seed);
    }
    const { exitCode, stdout } = await run(app.page, 'drydock verify --format json');
    const verified: unknown = JSON.parse(stdout);
    expect({ exitCode, verified }).toMatchObject({ exitCode: 0, verified: { problems: [] } });
    return result;
  }

  async function pullOverLine(seed: number, met: FaultTally): Promise<void> {
    const { line, imageId } = started;
    const random = seededRandom(seed);
    const before = line.exchanges.length;
    const faults = seededFaults(seed, { within: 8 * MiB, most: MOST_FAULTS });
    line.plan = (request): Fault | undefined =>
      faults(request) ?? { kind: 'throttle', bytesPerSecond: 6 * MiB };
    here = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const after = 50 + Math.floor(random() * 1200);
      await attempt(seed, () => killWhilePulling(after, takesBrowser(seed, kill)));
      met.add('tab killed');
    }
    for (let pulls = 1; !(await attempt(seed, succeeds)); pulls++) {
      expect(pulls).toBeLessThan(2 * MOST_FAULTS);
    }
    expect((await run(app.page, 'docker images --no-trunc -q')).stdout).toBe(`${imageId}\n`);
    const exchanges = line.exchanges.slice(before);
    met.addAll(exchanges);
    // What was corrupted on its way has to be fetched again.
    if (exchanges.some((each) => isOfLarge(each) && each.fault?.kind === 'corrupt')) {
      again.delete(seed);
    }
    await run(app.page, `docker rmi ${line.host}/app:1`);
  }

  it(`ends in the right image or one clear error, and asks for no large layer from its start again: ${SEEDS} seeds`, async () => {
    const met = new FaultTally();
    for (let seed = 1; seed <= SEEDS; seed++) await pullOverLine(seed, met);
    console.log(`e2e: ${SEEDS} pulls, gone on with ${goneOn} times, met ${met.toString()}`);
    expect([...again]).toEqual([]);
    expect(goneOn).toBeGreaterThan(SEEDS / 4);
    expect(met.total).toBeGreaterThan(SEEDS * KILLS);
  }, 180_000);
});
