import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { startBlobHost } from '../servers/blob-host';
import { buildEdge, startEdge } from '../servers/edge';
import { startFaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { HTPASSWD_USER, startRegistry, type RegistryOptions } from '../servers/registry';
import { startTokenServer, TOKEN_USER } from '../servers/token-server';
import { buildImage, digestOf, gzip, LayoutBuilder } from '../support/archive-builder';
import type { StartProxy } from '../support/proxy-contract';
import { closeServer, portOf } from '../support/upstream';
import { run } from './program';
import { inTemporaryFolder } from './samples/image-makers';

const BYTES = 'application/octet-stream';
let edge = '';

const inNode: StartProxy = async ({ allow, origins }) => {
  const lists = { allow: allow.join(','), origins: origins.join(',') };
  const server = await startServer({ host: '127.0.0.1', port: 0, ...lists });
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server) };
};
const inWorkerd: StartProxy = (setup) => startEdge(edge, setup);

/** What registry clients do, through the proxy, with real registries behind it. */
describe.skipIf(inject('sampleFolder') === '').each([
  ['Node', inNode],
  ['workerd', inWorkerd],
])('the proxy in %s', (_, start) => {
  beforeAll(async () => {
    edge = await buildEdge();
  });

  async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    onTestFinished(() => server.stop());
    return server;
  }

  /** What fetches a URL through a proxy that may reach these servers. */
  async function through(
    ...servers: readonly { readonly url: string }[]
  ): Promise<(url: string | URL, init?: RequestInit) => Promise<Response>> {
    const setup = { allow: servers.map(({ url }) => url), origins: [] };
    const proxy = await started(start(setup));
    return (url, init) => fetch(`${proxy.url}/proxy/${url.toString()}`, init);
  }

  const basic = ({ name, password }: typeof TOKEN_USER): string =>
    `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

  /** A registry with one image, of which a layer is random and large. */
  async function withImage(options: RegistryOptions) {
    const registry = await started(startRegistry(options));
    const layout = new LayoutBuilder();
    const image = buildImage({ layers: [[{ path: 'blob', content: randomBytes(3_000_000) }]] });
    const manifest = layout.image(image);
    const { auth } = options;
    const user =
      auth === undefined ? {} : { user: auth === 'htpasswd' ? HTPASSWD_USER : TOKEN_USER };
    await pushLayout(registry, layout.items([manifest]), 'secret/app:1', user);
    const blob = gzip(image.layers[0] ?? new Uint8Array());
    const repository = `${registry.url}/v2/secret/app`;
    return { registry, manifest, blob, repository, digest: digestOf(blob) };
  }

  it('pulls, by ranges too, from a registry with a password whose blobs are on another host', async () => {
    const blobs = await started(startBlobHost());
    const { registry, manifest, blob, repository, digest } = await withImage({
      auth: 'htpasswd',
      blobs,
    });
    const ask = await through(registry, blobs);
    const refused = await ask(`${repository}/manifests/1`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="drydock"',
    ]);
    const headers = { authorization: basic(HTPASSWD_USER), accept: manifest.mediaType };
    const head = await ask(`${repository}/manifests/1`, { method: 'HEAD', headers });
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'docker-content-digest': manifest.digest,
      'content-length': String(manifest.size),
      'content-type': manifest.mediaType,
    });
    const again = { ...headers, 'if-none-match': `"${manifest.digest}"` };
    expect((await ask(`${repository}/manifests/1`, { headers: again })).status).toBe(304);

    const whole = await ask(`${repository}/blobs/${digest}`, { headers });
    expect(whole.headers.get('content-length')).toBe(String(blob.length));
    expect(digestOf(await whole.bytes())).toBe(digest);
    const range = { ...headers, range: 'bytes=1000000-' };
    const rest = await ask(`${repository}/blobs/${digest}`, { headers: range });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000000-${blob.length - 1}/${blob.length}`,
    ]);
    expect(digestOf(await rest.bytes())).toBe(digestOf(blob.subarray(1_000_000)));
    const beyond = { ...headers, range: `bytes=${blob.length}-` };
    expect((await ask(`${repository}/blobs/${digest}`, { headers: beyond })).status).toBe(416);
    expect((await ask(`${repository}/manifests/2`, { headers })).status).toBe(404);
    for (const request of blobs.requests) {
      expect(request.headers).not.toHaveProperty('authorization');
    }
    expect(blobs.requests.length).toBeGreaterThan(2);
  });

  it('gets a token and pulls with it', async () => {
    const tokens = await started(startTokenServer());
    const { registry, manifest, repository } = await withImage({ auth: tokens });
    const ask = await through(registry, { url: new URL(tokens.realm).origin });
    const challenge = (await ask(`${repository}/manifests/1`)).headers.get('www-authenticate');
    const { realm, service, scope } =
      /realm="(?<realm>.*?)",service="(?<service>.*?)",scope="(?<scope>.*?)"/.exec(challenge ?? '')
        ?.groups ?? {};
    const query = new URLSearchParams({ service: service ?? '', scope: scope ?? '' });
    const authorization = basic(TOKEN_USER);
    const answer = await ask(`${realm}?${query.toString()}`, { headers: { authorization } });
    const { token } = (await answer.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}`, accept: manifest.mediaType };
    const found = await ask(`${repository}/manifests/1`, { headers });
    expect(digestOf(await found.bytes())).toBe(manifest.digest);
  });

  it('pushes in one piece and in chunks, and what was pushed is an image to skopeo', async () => {
    const registry = await started(startRegistry());
    const ask = await through(registry);
    const repository = `${registry.url}/v2/pushed/app`;
    const open = async (): Promise<URL> => {
      const begun = await ask(`${repository}/blobs/uploads/`, { method: 'POST' });
      expect(begun.status).toBe(202);
      expect(begun.headers.get('docker-upload-uuid')).toMatch(/-/);
      return new URL(begun.headers.get('location') ?? '', registry.url);
    };
    const close = async (at: URL, blob: Uint8Array<ArrayBuffer> | null, digest: string) => {
      at.searchParams.set('digest', digest);
      const headers = { 'content-type': BYTES };
      const { status } = await ask(at, { method: 'PUT', body: blob, headers });
      expect(status).toBe(201);
    };
    const image = buildImage({ layers: [[{ path: 'blob', content: randomBytes(2_500_000) }]] });
    const layer = gzip(image.layers[0] ?? new Uint8Array());

    await close(await open(), image.config, image.imageId);
    let at = await open();
    for (let start = 0; start < layer.length; start += 1_000_000) {
      const body = layer.subarray(start, start + 1_000_000);
      const range = `${start}-${start + body.length - 1}`;
      const headers = { 'content-type': BYTES, 'content-range': range };
      const sent = await ask(at, { method: 'PATCH', body, headers });
      expect([sent.status, sent.headers.get('range')]).toEqual([
        202,
        `0-${start + body.length - 1}`,
      ]);
      at = new URL(sent.headers.get('location') ?? '', registry.url);
    }
    await close(at, null, digestOf(layer));

    const layout = new LayoutBuilder();
    const { mediaType, digest } = layout.image(image);
    const file = layout.items([]).find(({ path }) => String(path).endsWith(digest.slice(7)));
    const headers = { 'content-type': mediaType };
    const body = new Uint8Array(file?.content as Uint8Array);
    const put = await ask(`${repository}/manifests/1`, { method: 'PUT', body, headers });
    expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, digest]);
    const copy = await inTemporaryFolder((folder) =>
      run('skopeo', [
        ...['--insecure-policy', 'copy', '--quiet', '--src-tls-verify=false'],
        ...[`docker://${registry.host}/pushed/app:1`, `dir:${folder}`],
      ]),
    );
    expect(copy).toMatchObject({ exitCode: 0 });
    const gone = await ask(`${repository}/manifests/${digest}`, { method: 'DELETE' });
    expect(gone.status).toBe(202);
  });

  it('tells the page of a blob that was cut, and goes on by a range', async () => {
    const { registry, blob, digest } = await withImage({});
    const faults = await started(
      startFaultProxy(registry.url, ({ earlier }) =>
        earlier === 0 ? { kind: 'cut', after: 1_500_000 } : undefined,
      ),
    );
    const ask = await through(faults);
    const url = `${faults.url}/v2/secret/app/blobs/${digest}`;
    const cut = await ask(url);
    const hash = createHash('sha256');
    let got = 0;
    const reading = (async () => {
      for await (const part of cut.body ?? []) {
        hash.update(part);
        got += part.length;
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(got).toBeGreaterThan(1_000_000);
    const rest = await ask(url, { headers: { range: `bytes=${got}-` } });
    expect(rest.status).toBe(206);
    hash.update(await rest.bytes());
    expect(`sha256:${hash.digest('hex')}`).toBe(digest);
    expect(faults.fetchedAgain()).toEqual([]);
    expect(blob.length).toBeGreaterThan(got);
  });
});
