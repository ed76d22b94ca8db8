import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Fetch } from '../../src/registry/http/transport';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { seededFaults, seededRandom, type Fault, type FaultPlan } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { noise } from '../support/streams';
import { Drydock } from './drydock';

const SEEDS = 200;
/** Pulls after which every fault has had its turn. */
const MOST_PULLS = 12;
const MiB = 1 << 20;

interface Attempts {
  readonly drydock: Drydock;
  /** Milliseconds after which one of the first attempts is given up. */
  readonly abortAfter?: (() => number) | undefined;
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

  beforeAll(async () => {
    registry = await startRegistry();
    const image = buildImage({
      layers: [3 * MiB, 1.5 * MiB, 40_000].map((size, i) => [
        { path: `data-${i}`, content: noise(size, i + 1) },
      ]),
    });
    imageId = image.imageId;
    const layout = new LayoutBuilder();
    await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
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

  /** Pulls until it is done. After each attempt the store is sound, and what failed said so in one line. */
  async function pullAtLast(line: FaultProxy, { drydock, abortAfter }: Attempts): Promise<number> {
    for (let pulls = 1; pulls <= MOST_PULLS; pulls++) {
      const signal = abortAfter && pulls <= 4 ? AbortSignal.timeout(abortAfter()) : undefined;
      const result = await drydock.run(
        `docker pull -q ${line.host}/app:1`,
        signal ? { signal } : {},
      );
      expect(await drydock.run('drydock verify')).toMatchObject({ exitCode: 0, stderr: '' });
      if (result.exitCode === 0) return pulls;
      expect(result.stdout).toBe('');
      if (result.exitCode === 130) expect(result.stderr).toBe('');
      else
        expect(result).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/^[^\n]+\n$/) as string,
        });
      expect((await drydock.run('docker images -aq')).stdout).toBe('');
    }
    throw new Error(`not done after ${MOST_PULLS} pulls`);
  }

  async function isRight(drydock: Drydock): Promise<void> {
    const { stdout } = await drydock.run('docker images --no-trunc -q');
    expect(stdout).toBe(`${imageId}\n`);
  }

  it(`ends in the right image or one clear error, and fetches no large blob from its start again: ${SEEDS} seeds`, async () => {
    const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);
    let failedOnce = 0;
    const worker = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const random = seededRandom(seed);
        const abortAfter = seed % 4 === 0 ? () => 5 + Math.floor(random() * 200) : undefined;
        await through(seededFaults(seed), async (line) => {
          const received = new Received();
          const drydock = await Drydock.open({ fetch: received.fetch });
          const pulls = await pullAtLast(line, { drydock, abortAfter });
          if (pulls > 1) failedOnce++;
          await isRight(drydock);
          // What was corrupted on its way has to be fetched again.
          const corrupted = line.exchanges.filter(({ fault }) => fault?.kind === 'corrupt');
          const again = received.again.filter(
            (url) => !corrupted.some(({ digest = '' }) => digest !== '' && url.includes(digest)),
          );
          expect({ seed, again }).toEqual({ seed, again: [] });
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
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
      expect(await pullAtLast(line, { drydock })).toBe(1);
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
        stderr: expect.stringMatching(/refused|broke off/) as string,
      });
      isDown = false;
      expect(await pullAtLast(line, { drydock })).toBe(1);
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
      expect(await pullAtLast(line, { drydock })).toBe(1);
      await isRight(drydock);
    });
  });

  it('fetches a layer that was spoilt on its way once more by itself', async () => {
    const plan: FaultPlan = ({ path, earlier }) =>
      path.includes('/blobs/') && earlier === 0 ? { kind: 'corrupt', at: 1_000_000 } : undefined;
    await through(plan, async (line) => {
      const drydock = await Drydock.open();
      expect(await pullAtLast(line, { drydock })).toBe(1);
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
        stderr: expect.stringMatching(/^layer \d of 3 .* is damaged/) as string,
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
      expect(result.stderr).toMatch(/limit of 100 requests in 6 hours .* it ends in About an hour/);
    });
  });
});
