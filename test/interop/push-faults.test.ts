import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { startFaultProxy, type Exchange } from '../servers/fault-proxy';
import { seededFaults, type Fault, type FaultPlan, type SeededKind } from '../servers/faults';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';
import { noise } from '../support/streams';
import { Drydock } from './drydock';
import { run } from './program';

const MiB = 1 << 20;
/** Bytes of a chunk: what is sent at once. */
const CHUNK = 16 * MiB;
/** More than two chunks. */
const LAYER = 40 * MiB;
const SEEDS = 12;
const KINDS: readonly SeededKind[] = ['cut upload', 'no answer', 'cut', 'reset', 'delay', 'status'];
/** Pushes after which every fault has had its turn. */
const MOST_PUSHES = 8;

/** What is pushed over a bad line arrives whole, or one line says why it does not. */
describe.skipIf(inject('sampleFolder') === '')('a push over a bad line', () => {
  let drydock: Drydock;
  let imageId = '';

  beforeAll(async () => {
    const image = buildImage({
      layers: [LAYER, 2 * MiB, 40_000].map((size, i) => [
        { path: `data-${i}`, content: noise(size, i + 1) },
      ]),
    });
    imageId = image.imageId;
    const layout = new LayoutBuilder();
    drydock = await Drydock.open();
    const files = { 'a.tar': new Blob([tarOf(layout.items([layout.image(image)]))]) };
    expect(await drydock.run('docker load -i a.tar', { files })).toMatchObject({ stderr: '' });
  });

  interface Pushed {
    readonly exitCode: number;
    readonly stderr: string;
    readonly exchanges: readonly Exchange[];
  }

  /** Pushes to a registry that has nothing yet, until it succeeds or has been tried so often. */
  async function push(plan: FaultPlan, attempts = 1): Promise<Pushed> {
    const registry = await startRegistry();
    const line = await startFaultProxy(registry.url, plan);
    try {
      const name = `${line.host}/app:1`;
      await drydock.run(`docker tag ${imageId} ${name}`);
      let result = await drydock.run(`docker push ${name}`);
      for (let tried = 1; result.exitCode !== 0 && tried < attempts; tried++) {
        expect(result.stderr).toMatch(/^[^\n]+\n$/);
        result = await drydock.run(`docker push ${name}`);
      }
      if (result.exitCode === 0) await isWhole(registry);
      return { ...result, exchanges: line.exchanges };
    } finally {
      await line.stop();
      await registry.stop();
    }
  }

  /** Another program reads every byte of it, and sums it up. */
  async function isWhole({ host }: RegistryServer): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'drydock-pushed-'));
    const args = ['copy', '--src-tls-verify=false', `docker://${host}/app:1`, `dir:${folder}`];
    expect(await run('skopeo', args)).toMatchObject({ exitCode: 0 });
    await rm(folder, { recursive: true });
  }

  const patches = ({ exchanges }: Pushed): readonly Exchange[] =>
    exchanges.filter(({ method }) => method === 'PATCH');
  const sent = ({ exchanges }: Pushed): number =>
    exchanges.reduce((sum, exchange) => sum + exchange.sent, 0);

  /** A fault of the nth chunk that is sent. */
  function ofChunk(nth: number, fault: Fault): FaultPlan {
    let seen = 0;
    return ({ method }) => (method === 'PATCH' && seen++ === nth ? fault : undefined);
  }

  it('sends a large blob in chunks, each once, where nothing is in the way', async () => {
    const pushed = await push(() => undefined);
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
    const chunks = patches(pushed).map((exchange) => exchange.sent);
    expect(chunks).toEqual([CHUNK, CHUNK, expect.any(Number)]);
    expect(sent(pushed)).toBeLessThan(LAYER + 3 * MiB);
  });

  it.each<[string, Fault]>([
    ['a failure', { kind: 'status', status: 503 }],
    ['a limit', { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }],
    ['a cut before its first byte', { kind: 'cut upload', after: 0 }],
    ['a refusal as out of step', { kind: 'status', status: 416 }],
    ['an answer with a wrong Range', { kind: 'headers', headers: { range: '0-41' } }],
  ])('goes on where it was after %s of the second chunk', async (_, fault) => {
    const pushed = await push(ofChunk(1, fault));
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(sent(pushed)).toBeLessThan(LAYER + 3 * MiB);
  });

  it.each<[string, Fault]>([
    ['is cut within the chunk', { kind: 'cut upload', after: 5 * MiB }],
    ['takes the chunk, and its answer is lost', { kind: 'no answer' }],
    ['knows nothing of the upload any more', { kind: 'status', status: 404 }],
  ])('arrives whole where the connection %s', async (_, fault) => {
    // Of an upload that it has other bytes of than it told, distribution gives up all.
    for (const nth of [0, 1, 2]) {
      const pushed = await push(ofChunk(nth, fault));
      expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
      expect(sent(pushed)).toBeLessThan(2 * LAYER + 3 * MiB);
    }
  });

  it('gives a manifest up within seconds where the registry answers that it cannot', async () => {
    const began = performance.now();
    const pushed = await push(({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/')
        ? { kind: 'status', status: 503 }
        : undefined,
    );
    expect(pushed.exitCode).toBe(1);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('sends chunks as large as the registry wants them at least', async () => {
    const plan: FaultPlan = ({ method }) =>
      method === 'POST'
        ? { kind: 'headers', headers: { 'oci-chunk-min-length': String(24 * MiB) } }
        : undefined;
    const [first, ...others] = patches(await push(plan));
    expect([first?.sent, others.length]).toEqual([24 * MiB, 1]);
  });

  it(`ends whole or in one clear error: ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = seededFaults(seed, { kinds: KINDS, within: CHUNK, most: 6 });
      const pushed = await push(plan, MOST_PUSHES);
      expect({ seed, exitCode: pushed.exitCode }).toEqual({ seed, exitCode: 0 });
    }
  });
});
