import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { buildImage, gzip, LayoutBuilder } from '../support/archive-builder';
import { startBlobHost } from '../servers/blob-host';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { seededFaults, type Fault } from '../servers/faults';
import { startHub } from '../servers/hub-server';
import { pushArchive, pushLayout, pushWithBuildah, pushWithDocker } from '../servers/push-images';
import { HTPASSWD_USER, startRegistry } from '../servers/registry';
import { startTokenServer, TOKEN_USER } from '../servers/token-server';
import { startUpstream } from '../support/upstream';
import { Engine } from './engine';
import { run } from './program';

const samples = inject('sampleFolder');
const archive = join(samples, 'docker-save.tar');

/** The servers of the registry tests, held against the real clients. */
describe.skipIf(samples === '')('the servers', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start();
  });
  afterAll(() => engine.stop());

  async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    onTestFinished(() => server.stop());
    return server;
  }

  const skopeo = (...args: string[]): ReturnType<typeof run> =>
    run('skopeo', ['--insecure-policy', ...args]);
  const inspect = (host: string, name: string, ...flags: string[]): ReturnType<typeof run> =>
    skopeo('inspect', '--raw', '--tls-verify=false', ...flags, `docker://${host}/${name}`);

  it('are an open registry, into which skopeo, docker and buildah push and from which docker pulls', async () => {
    const registry = await started(startRegistry());
    await pushArchive(registry, archive, 'skopeo/gzip:1');
    await pushArchive(registry, archive, 'skopeo/zstd:1', { compression: 'zstd' });
    await pushWithBuildah(registry, 'buildah/list:1');
    await engine.must(['pull', `${registry.host}/skopeo/gzip:1`]);
    const image = `${registry.host}/skopeo/gzip:1`;
    expect(await pushWithDocker(engine, registry, { image, name: 'docker/app:1' })).toContain(
      'digest: sha256:',
    );
    const list = JSON.parse((await inspect(registry.host, 'buildah/list:1')).stdout.toString()) as {
      manifests: { platform: { architecture: string } }[];
    };
    expect(list.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    const zstd = (await inspect(registry.host, 'skopeo/zstd:1')).stdout.toString();
    expect(zstd).toContain('tar+zstd');
  });

  it('take what a builder crafted, byte for byte', async () => {
    const registry = await started(startRegistry());
    const layout = new LayoutBuilder();
    const amd64 = layout.image(buildImage(), { platform: { os: 'linux', architecture: 'amd64' } });
    const arm64 = layout.image(buildImage({ architecture: 'arm64' }), {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const index = layout.index([amd64, arm64, layout.attestation(amd64)]);
    await pushLayout(registry, layout.items([index]), 'crafted/app:1');
    const { stdout } = await inspect(registry.host, 'crafted/app:1');
    const answer = await fetch(`${registry.url}/v2/crafted/app/manifests/1`, {
      headers: { accept: index.mediaType },
    });
    expect(answer.headers.get('docker-content-digest')).toBe(index.digest);
    expect(stdout.length).toBe(index.size);
    await engine.must(['pull', `${registry.host}/crafted/app:1`]);
  });

  it('are a registry with htpasswd', async () => {
    const registry = await started(startRegistry({ auth: 'htpasswd' }));
    await pushArchive(registry, archive, 'app:1', { user: HTPASSWD_USER });
    expect((await inspect(registry.host, 'app:1')).stderr.toString()).toMatch(
      /authentication required/,
    );
    const creds = `${HTPASSWD_USER.name}:${HTPASSWD_USER.password}`;
    expect((await inspect(registry.host, 'app:1', '--creds', creds)).exitCode).toBe(0);
    const { name, password } = HTPASSWD_USER;
    await engine.must(['login', '-u', name, '-p', password, registry.host]);
    await engine.must(['pull', `${registry.host}/app:1`]);
  });

  it.each([{ oauth: true }, { oauth: false }])(
    'are a registry with tokens, %o',
    async (options) => {
      const tokens = await started(startTokenServer(options));
      const registry = await started(startRegistry({ auth: tokens }));
      await pushArchive(registry, archive, 'public/app:1', { user: TOKEN_USER });
      await pushArchive(registry, archive, 'secret/app:1', { user: TOKEN_USER });
      expect((await inspect(registry.host, 'public/app:1')).exitCode).toBe(0);
      expect((await inspect(registry.host, 'secret/app:1')).exitCode).not.toBe(0);
      expect((await engine.docker(['pull', `${registry.host}/secret/app:1`])).exitCode).toBe(1);
      const { name, password } = TOKEN_USER;
      expect(
        (await engine.docker(['login', '-u', name, '-p', 'wrong', registry.host])).exitCode,
      ).toBe(1);
      await engine.must(['login', '-u', name, '-p', password, registry.host]);
      await engine.must(['pull', `${registry.host}/secret/app:1`]);
      expect(
        tokens.requests.some(({ scopes }) => scopes.includes('repository:secret/app:pull')),
      ).toBe(true);
    },
  );

  it.each(['expired', 'other service', 'html', 'empty', 'not json', { status: 503 }] as const)(
    'are a token server that lies: %o',
    async (reply) => {
      const tokens = await started(startTokenServer({ reply }));
      const registry = await started(startRegistry({ auth: tokens }));
      expect((await inspect(registry.host, 'public/app:1')).exitCode).not.toBe(0);
    },
  );

  it('are a registry that redirects to a blob host, which knows ranges and no Authorization', async () => {
    const blobs = await started(startBlobHost());
    const registry = await started(startRegistry({ blobs }));
    const layer = buildImage().layers[0]!;
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage());
    await pushLayout(registry, layout.items([image]), 'app:1');
    const { digest, size } = layout.blob(gzip(layer));
    const blob = `${registry.url}/v2/app/blobs/${digest}`;
    const redirect = await fetch(blob, { redirect: 'manual' });
    expect(redirect.status).toBe(307);
    const location = redirect.headers.get('location') ?? '';
    expect(new URL(location).host).toBe(blobs.host);
    const part = await fetch(blob, { headers: { range: 'bytes=3-9' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 3-9/${size}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(gzip(layer).slice(3, 10)));
    expect((await fetch(blob, { headers: { range: `bytes=${size}-` } })).status).toBe(416);
    const denied = await fetch(location, { headers: { authorization: 'Bearer x' } });
    expect(await denied.text()).toContain('Only one auth mechanism allowed');
    await engine.must(['pull', `${registry.host}/app:1`]);
  });

  it('are a fault proxy through which docker pulls the image all the same, each layer where it was', async () => {
    const registry = await started(startRegistry());
    await pushArchive(registry, archive, 'app:1');
    const faults = await started(
      startFaultProxy(registry.url, ({ path, earlier }) =>
        path.includes('/blobs/') && earlier === 0 ? { kind: 'cut', after: 1 << 20 } : undefined,
      ),
    );
    await engine.must(['image', 'prune', '--all', '--force']);
    await engine.must(['pull', `${faults.host}/app:1`]);
    const cut = faults.exchanges.filter(({ bytes, fault }) => fault && bytes === 1 << 20);
    expect(cut).toHaveLength(2);
    expect(faults.exchanges.filter(({ status }) => status === 206)).toHaveLength(2);
    expect(faults.fetchedAgain()).toEqual([]);
  });

  it('are a search that the real client asks', async () => {
    const hub = await started(startHub());
    const { stdout } = await engine.docker(['search', `${hub.host}/busybox`]);
    expect(stdout.toString()).toMatch(/^NAME +DESCRIPTION +STARS +OFFICIAL/);
    expect(stdout.toString()).toMatch(/^busybox +Busybox base image\. +3412 +\[OK\]/m);
    expect(hub.requests.map(({ url }) => url)).toContain('/v1/search?q=busybox&n=25');
  });
});

const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 251));
const DIGEST = 'ab'.repeat(32);

describe('a fault proxy', () => {
  async function faulty(fault: Fault): Promise<FaultProxy> {
    const server = await startUpstream((request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      response.writeHead(request.headers.range ? 206 : 200, {
        'Content-Length': BODY.length - start,
      });
      response.end(BODY.subarray(start));
    });
    const proxy = await startFaultProxy(server.url, () => fault);
    onTestFinished(async () => {
      await proxy.stop();
      await server.close();
    });
    return proxy;
  }
  const get = async ({ url }: FaultProxy, range?: string): Promise<Buffer> => {
    const headers = { ...(range ? { range } : {}) };
    const answer = await fetch(`${url}/blobs/sha256:${DIGEST}`, { headers });
    const parts: Uint8Array[] = [];
    try {
      for await (const part of answer.body ?? []) parts.push(part);
    } catch {
      parts.push(Buffer.from('…'));
    }
    return Buffer.concat(parts);
  };
  const CUT = Buffer.from('…');

  it.each([false, true])('cuts where it is told, by a reset: %s', async (reset) => {
    const proxy = await faulty({ kind: 'cut', after: 70_000, reset });
    const got = await get(proxy);
    expect(got.equals(Buffer.concat([BODY.subarray(0, 70_000), CUT]))).toBe(true);
    expect(proxy.bytesOf(`sha256:${DIGEST}`)).toBe(70_000);
  });

  it('changes one bit of one byte', async () => {
    const got = await get(await faulty({ kind: 'corrupt', at: 200_000 }));
    const different = [...got.keys()].filter((at) => got[at] !== BODY[at]);
    expect(different).toEqual([200_000]);
  });

  it('says a length that is wrong', async () => {
    expect(await get(await faulty({ kind: 'length', by: 7 }))).toEqual(Buffer.concat([BODY, CUT]));
    expect((await get(await faulty({ kind: 'length', by: -7 }))).length).toBe(BODY.length - 7);
  });

  it('holds a body to a rate', async () => {
    const start = performance.now();
    await get(await faulty({ kind: 'throttle', bytesPerSecond: 1_000_000 }));
    expect(performance.now() - start).toBeGreaterThan(280);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('answers in the server’s place, and later', async () => {
    const proxy = await faulty({ kind: 'status', status: 429, headers: { 'Retry-After': '1' } });
    const answer = await fetch(proxy.url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    const start = performance.now();
    expect(await get(await faulty({ kind: 'delay', ms: 200 }))).toEqual(BODY);
    expect(performance.now() - start).toBeGreaterThan(190);
  });

  it('never ends, and stands still', async () => {
    const endless = await faulty({ kind: 'endless' });
    const { body } = await fetch(endless.url);
    let bytes = 0;
    for await (const part of body ?? []) {
      bytes += part.length;
      if (bytes > 2_000_000) break;
    }
    const still = await faulty({ kind: 'stall', after: 10 });
    const answer = await fetch(still.url, { signal: AbortSignal.timeout(300) });
    await expect(answer.arrayBuffer()).rejects.toThrow(/timeout/);
    expect(still.bytesOf()).toBe(10);
  });

  it('drops a range, and says what was fetched again', async () => {
    const proxy = await faulty({ kind: 'no range' });
    expect((await get(proxy, 'bytes=299999-')).length).toBe(300_000);
    expect(proxy.fetchedAgain(300_000)).toEqual([]);
    expect((await get(proxy, 'bytes=299999-')).length).toBe(300_000);
    expect(proxy.fetchedAgain(300_000)).toEqual([DIGEST]);
    expect(proxy.fetchedAgain(300_001)).toEqual([]);
    proxy.plan = () => undefined;
    expect((await get(proxy, 'bytes=299999-')).length).toBe(1);
  });

  it('gives the same faults for the same seed, and others for another', () => {
    const faultsOf = (seed: number): unknown[] => {
      const plan = seededFaults(seed, { most: 100 });
      return Array.from({ length: 200 }, (_, number) =>
        plan({ method: 'GET', path: '/', headers: {}, number, earlier: number }),
      );
    };
    expect(faultsOf(1)).toEqual(faultsOf(1));
    expect(faultsOf(1)).not.toEqual(faultsOf(2));
    const hit = faultsOf(3).filter((fault) => fault !== undefined).length;
    expect(hit).toBeGreaterThan(30);
    expect(hit).toBeLessThan(90);
  });
});
