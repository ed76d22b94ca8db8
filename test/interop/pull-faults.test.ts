import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Fetch } from '../../src/registry/http/transport';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { FaultTally } from '../servers/fault-tally';
import {
  seededFaults,
  seededRandom,
  type Fault,
  type FaultPlan,
  type SeededKind,
} from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { noise } from '../support/streams';
import { Drydock } from './drydock';

const SEEDS = 200;
/** Pulls that run at the same time. */
const SIDE_BY_SIDE = 8;
/** Faults of one seed, and how often its pull is cancelled and its tab closed: each may cost one pull. */
const MOST_FAULTS = 8;
const MOST_CANCELS = 4;
const MiB = 1 << 20;
/** Milliseconds after which what stands still is given up. */
const IDLE_MS = 1000;
const KINDS: readonly SeededKind[] = [
  'cut',
  'reset',
  'stall',
  'delay',
  'corrupt',
  'throttle',
  'length',
  'status',
  'refusal',
];
/** What each run must have met, and how many of what breaks something. */
const MET = [
  ...['cut', 'reset', 'stall', 'delay', 'corrupt', 'throttle', 'too short', 'too long'],
  ...[401, 403, 404, 429, 500, 502, 503, 504].map(String),
];
const FEWEST_FAULTS = 200;

interface Attempts {
  readonly drydock: Drydock;
  /** Milliseconds after which one of the first attempts is cancelled. */
  readonly cancelAfter?: (() => number) | undefined;
  /** The next tab, with the store of the one before. */
  readonly reopen: (drydock: Drydock) => Promise<Drydock>;
}

/** What came here of each blob: less than what was sent, where a pull is given up meanwhile. */
class Received {
  /** Blobs that were asked for from their start once more after 1 MiB of them, or more, had come intact. */
  readonly again: string[] = [];
  readonly #most = new Map<string, number>();

  readonly fetch: Fetch = async (url, init) => {
    const response = await fetch(url, init);
    const range = /^bytes=(\d+)-/.exec(new Headers(init.headers).get('range') ?? '')?.[1];
    const start = response.status === 206 ? Number(range ?? 0) : 0;
    if (!response.ok || !response.body || !url.includes('/blobs/')) return response;
    if (start === 0 && (this.#most.get(url) ?? 0) >= MiB) this.again.push(url);
    let at = start;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        at += chunk.length;
        this.#most.set(url, Math.max(at, this.#most.get(url) ?? 0));
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(count), response);
  };
}

describe.skipIf(inject('sampleFolder') === '')('a pull over a bad line', () => {
  let registry: RegistryServer;
  let imageId = '';
  let manifestDigest = '';

  beforeAll(async () => {
    registry = await startRegistry();
    const image = buildImage({
      layers: [2.5 * MiB, 1.3 * MiB, 40_000].map((size, i) => [
        { path: `data-${i}`, content: noise(size, i + 1) },
      ]),
    });
    imageId = image.imageId;
    const layout = new LayoutBuilder();
    const descriptor = layout.image(image);
    manifestDigest = descriptor.digest;
    await pushLayout(registry, layout.items([descriptor]), 'app:1');
  });
  afterAll(() => registry.stop());

  async function through<T>(plan: FaultPlan, use: (line: FaultProxy) => Promise<T>): Promise<T> {
    const line = await startFaultProxy(registry.url, plan);
    try {
      return await use(line);
    } finally {
      await line.stop();
    }
  }

  /** One pull. The store is sound afterwards, and what failed said so in one line. */
  async function pull(line: FaultProxy, drydock: Drydock, signal?: AbortSignal): Promise<number> {
    const before = line.exchanges.length;
    const command = `docker pull -q ${line.host}/app:1`;
    const { exitCode, stdout, stderr } = await drydock.run(command, signal ? { signal } : {});
    expect(await drydock.run('drydock verify')).toMatchObject({ exitCode: 0, stderr: '' });
    if (exitCode === 0) return exitCode;
    expect(stdout).toBe('');
    expect((await drydock.run('docker images -aq')).stdout).toBe('');
    if (exitCode === 130) expect(stderr).toBe('');
    else {
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/^[^\n]+\n$/) as string,
      });
      // A machine that has much to do may be as silent as a server.
      const met = line.exchanges.slice(before).some(({ fault }) => fault);
      expect({ stderr, isFaulty: met || stderr.includes('has sent nothing') }).toEqual({
        stderr,
        isFaulty: true,
      });
    }
    return exitCode;
  }

  /** Pulls until it is done, and says how often it took. */
  async function pullAtLast(
    line: FaultProxy,
    { drydock, cancelAfter, reopen }: Attempts,
  ): Promise<{ readonly pulls: number; readonly cancels: number; readonly drydock: Drydock }> {
    let cancels = 0;
    let tab = drydock;
    // Besides what faults and cancels cost, a slow machine may.
    for (let pulls = 1; pulls <= 2 * (MOST_FAULTS + MOST_CANCELS); pulls++) {
      const signal =
        cancelAfter && pulls <= MOST_CANCELS ? AbortSignal.timeout(cancelAfter()) : undefined;
      const exitCode = await pull(line, tab, signal);
      if (exitCode === 0) return { pulls, cancels, drydock: tab };
      if (exitCode === 130) {
        cancels++;
        tab = await reopen(tab);
      }
    }
    throw new Error(`not done after ${2 * (MOST_FAULTS + MOST_CANCELS)} pulls`);
  }

  async function isRight(drydock: Drydock): Promise<void> {
    const { stdout } = await drydock.run('docker images --no-trunc --digests --format json');
    expect(JSON.parse(stdout)).toMatchObject({ ID: imageId, Digest: manifestDigest });
  }

  it(`ends in the right image or one clear error, and fetches no large blob from its start again: ${SEEDS} seeds`, async () => {
    const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);
    const met = new FaultTally();
    let failedOnce = 0;
    let cancelled = 0;
    const overLine = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const cancelAfter = seed % 4 === 0 ? () => 5 + Math.floor(random() * 200) : undefined;
      await through(seededFaults(seed, { kinds: KINDS, most: MOST_FAULTS }), async (line) => {
        const received = new Received();
        const network = { fetch: received.fetch, idleMs: IDLE_MS };
        const first = await Drydock.open(network);
        const reopen = ({ store }: Drydock): Promise<Drydock> =>
          Drydock.open({ ...network, store });
        const { pulls, cancels, drydock } = await pullAtLast(line, {
          drydock: first,
          cancelAfter,
          reopen,
        });
        if (pulls > 1) failedOnce++;
        cancelled += cancels;
        met.addAll(line.exchanges);
        await isRight(drydock);
        // What was corrupted on its way has to be fetched again.
        const corrupted = line.exchanges.filter(({ fault }) => fault?.kind === 'corrupt');
        const again = received.again.filter(
          (url) => !corrupted.some(({ digest = '' }) => digest !== '' && url.includes(digest)),
        );
        expect({ seed, again }).toEqual({ seed, again: [] });
      });
    };
    const worker = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await overLine(seed);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    console.log(`interop: ${SEEDS} pulls, cancelled ${cancelled} times, met ${met.toString()}`);
    expect(MET.filter((name) => met.count(name) === 0)).toEqual([]);
    expect(met.total).toBeGreaterThan(FEWEST_FAULTS);
    expect(cancelled).toBeGreaterThan(SEEDS / 8);
    // The faults were such that something was to be gone on with.
    expect(failedOnce).toBeGreaterThan(SEEDS / 20);
  });

  it.each<[string, Fault]>([
    ['that is cut', { kind: 'cut', after: 2 * MiB }],
    ['that is reset', { kind: 'cut', after: 2 * MiB, reset: true }],
    ['whose end is missing', { kind: 'length', by: 100 }],
  ])('goes on with a layer %s where it was', async (_, fault) => {
    const plan: FaultPlan = ({ path, earlier }) =>
      path.includes('/blobs/') && earlier === 0 ? fault : undefined;
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      expect(await pull(line, drydock)).toBe(0);
      await isRight(drydock);
      expect(line.fetchedAgain()).toEqual([]);
      const size = line.exchanges.reduce(
        (sum, { method, bytes }) => sum + (method === 'GET' ? bytes : 0),
        0,
      );
      // A reset takes what lay in the buffers of the connection with it.
      expect(size).toBeLessThan(7 * MiB);
    });
  });

  it('goes on where it was when it is run again, even after it has given up', async () => {
    let isDown = true;
    const plan: FaultPlan = ({ path, earlier }) => {
      if (!path.includes('/blobs/') || !isDown) return undefined;
      return earlier === 0 ? { kind: 'cut', after: 1.25 * MiB } : { kind: 'status', status: 503 };
    };
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      const first = await drydock.run(`docker pull ${line.host}/app:1`);
      expect(first).toMatchObject({
        exitCode: 1,
        stderr: 'received unexpected HTTP status: 503 Service Unavailable\n',
      });
      isDown = false;
      expect(await pull(line, drydock)).toBe(0);
      await isRight(drydock);
      expect(line.fetchedAgain()).toEqual([]);
    });
  });

  it('takes a server without ranges for what it is', async () => {
    const plan: FaultPlan = ({ path, earlier }) =>
      path.includes('/blobs/')
        ? earlier === 0
          ? { kind: 'cut', after: 1.25 * MiB }
          : { kind: 'no range' }
        : undefined;
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      expect(await pull(line, drydock)).toBe(0);
      await isRight(drydock);
    });
  });

  it('fetches a layer that was spoilt on its way once more by itself', async () => {
    const plan: FaultPlan = ({ path, earlier }) =>
      path.includes('/blobs/') && earlier === 0 ? { kind: 'corrupt', at: 1_000_000 } : undefined;
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      expect(await pull(line, drydock)).toBe(0);
      await isRight(drydock);
    });
  });

  it('gives up on a layer that is wrong twice', async () => {
    const plan: FaultPlan = ({ path }) =>
      path.includes('/blobs/') ? { kind: 'corrupt', at: 1_000_000 } : undefined;
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      const result = await drydock.run(`docker pull ${line.host}/app:1`);
      expect(result).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/^layer \d \(.*\) is damaged/) as string,
      });
      const asked = line.exchanges.filter(({ path }) => path.includes('/blobs/'));
      const spoilt = asked.filter(({ bytes }) => bytes > 1_000_000);
      expect(
        Math.max(...spoilt.map(({ path }) => spoilt.filter((e) => e.path === path).length)),
      ).toBe(2);
    });
  });

  it.each<[string, Fault, RegExp]>([
    ['other bytes', { kind: 'corrupt', at: 100_000 }, /is damaged/],
    ['no end', { kind: 'endless' }, /sends more than the \d+ bytes/],
  ])('stores nothing of a layer with %s', async (_, fault, message) => {
    const plan: FaultPlan = ({ path }) => (path.includes('/blobs/') ? fault : undefined);
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      const result = await drydock.run(`docker pull ${line.host}/app:1`);
      expect(result).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(message) as string,
      });
      expect((await drydock.run('docker images -aq')).stdout).toBe('');
      expect(await drydock.run('drydock verify --format json')).toMatchObject({
        stdout: '{"blobs":0,"bytes":0,"problems":[]}\n',
      });
    });
  });

  it('tells the limit and when it ends, where the registry has had enough', async () => {
    const headers = { 'RateLimit-Limit': '100;w=21600', 'Retry-After': '3600' };
    const plan: FaultPlan = ({ path }) =>
      path.includes('/manifests/') ? { kind: 'status', status: 429, headers } : undefined;
    await through(plan, async (line) => {
      const result = await (await Drydock.open()).run(`docker pull ${line.host}/app:1`);
      expect(result.stderr).toMatch(/limit of 100 requests in 6 hours .* it ends in about an hour/);
    });
  });
});
