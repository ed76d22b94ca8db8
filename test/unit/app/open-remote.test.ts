import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageSource } from '../../../src/app/image/image-source';
import { openRemote, type AskedRemote } from '../../../src/app/remote/open-remote';
import { ReferrerList } from '../../../src/app/remote/referrer-list.svelte';
import type { FetchState, RemoteFacts } from '../../../src/app/remote/remote-facts';
import { Tasks } from '../../../src/app/tasks.svelte';
import type { Digest } from '../../../src/oci/digest';
import { MediaType } from '../../../src/oci/media-types';
import { parseReference } from '../../../src/oci/reference';
import type { LookAtLayer } from '../../../src/registry/remote/remote-layer';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { createJobs } from '../../../src/workers/jobs';
import { startLayoutRegistry } from '../../servers/layout-registry';
import {
  buildImage,
  jsonBytes,
  LayoutBuilder,
  type BlobDescriptor,
} from '../../support/archive-builder';
import { lookHere, registriesFor } from '../../support/registries';
import { noise } from '../../support/streams';
import { estargzOf, sha256 } from '../../support/toc-builder';
import type { Upstream } from '../../support/upstream';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const registries = registriesFor();
const jobs = createJobs({
  openStore: openMemoryStore,
  network: { fetch: (url, init) => fetch(url, init), isOnline: () => true },
});

let layout: LayoutBuilder;
let tagged: BlobDescriptor;
let server: Upstream;
let tasks: Tasks;
let opened: ImageSource | undefined;

beforeEach(async () => {
  layout = new LayoutBuilder();
  tasks = new Tasks(Date.now);
  server = await startLayoutRegistry(layout, () => tagged);
});
afterEach(async () => {
  opened?.close();
  await server.close();
});

/** What the page explores, with what a worker does done here. */
async function open(
  asked: Omit<AskedRemote, 'reference'> = {},
  lookAtLayer: LookAtLayer = lookHere,
): Promise<ImageSource & { readonly remote: RemoteFacts }> {
  const reference = parseReference(`${server.host}/app:1`);
  const source = await openRemote(
    { reference, ...asked },
    {
      registries: () => Promise.resolve(registries),
      platform: AMD64,
      lookAtLayer,
      jobs: {
        run: (job, request, { signal = new AbortController().signal } = {}) =>
          jobs[job](request, { signal, onEvent: () => undefined }),
      },
      tasks,
    },
  );
  opened = source;
  const { remote } = source;
  if (!remote) throw new Error('it is not in a registry');
  return Object.assign(source, { remote });
}

async function fetched(
  { remote }: { readonly remote: RemoteFacts },
  layer: number,
): Promise<FetchState> {
  remote.fetching.fetch([layer]);
  await vi.waitFor(() => expect(remote.fetching.state(layer).kind).not.toBe('fetching'));
  return remote.fetching.state(layer);
}

const blobRequests = (digest: Digest): number =>
  server.requests.filter(({ url, method }) => method === 'GET' && url?.endsWith(`/blobs/${digest}`))
    .length;
const text = async (blob: Promise<Blob>): Promise<string> => (await blob).text();

const FILES = [[{ path: 'etc/' }, { path: 'etc/motd', content: 'ahoy\n' }], [{ path: 'b' }]];

describe('an image that is looked at in its registry', () => {
  it('is shown with every platform and its size, and nothing of a layer is fetched', async () => {
    const [amd64, arm64] = [AMD64, ARM64].map((platform) =>
      layout.image(buildImage({ layers: FILES, architecture: platform.architecture }), {
        platform,
      }),
    ) as [BlobDescriptor, BlobDescriptor];
    tagged = layout.index([amd64, arm64]);
    const usual = await open();
    expect(usual.descriptor.digest).toBe(amd64.digest);
    expect(usual.platforms.map(({ manifest }) => usual.remote.sizes.get(manifest))).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(usual.remote).toMatchObject({ digest: tagged.digest, artifact: undefined });
    expect(usual.remote.documents.map(({ kind }) => kind)).toEqual(['index', 'manifest']);
    const chosen = await open({ manifest: arm64.digest });
    expect(chosen.config.platform.architecture).toBe('arm64');
    expect(chosen.layers.map(({ descriptor }) => blobRequests(descriptor.digest))).toEqual([0, 0]);
  });

  it('has a layer fetched once when it is asked for, and its files read from what came', async () => {
    tagged = layout.image(buildImage({ layers: FILES }));
    const source = await open();
    const [layer] = source.layers;
    expect(source.remote.fetching.offer(0)).toMatchObject({ size: layer?.descriptor.size });
    expect(source.layerState(0).kind).toBe('waiting');
    const size = layer?.descriptor.size;
    expect(await fetched(source, 0)).toEqual({ kind: 'read', way: 'whole', fetched: size });
    expect(source.layerState(0)).toMatchObject({ kind: 'ready', index: { entryCount: 2 } });
    expect(source.layerState(1).kind).toBe('waiting');
    expect(await text(source.readFile({ layer: 0, path: 'etc/motd' }))).toBe('ahoy\n');
    expect(await text(source.readFile({ layer: 0, path: 'etc/motd', limit: 2 }))).toBe('ah');
    const hash = await source.hashFile({ layer: 0, path: 'etc/motd' });
    expect(hash).toBe(sha256(Buffer.from('ahoy\n')));
    expect(layer && blobRequests(layer.descriptor.digest)).toBe(1);
  });

  it('has a layer that it holds twice fetched once for both', async () => {
    const [layer = []] = FILES;
    tagged = layout.image(buildImage({ layers: [layer, layer] }));
    const source = await open();
    await fetched(source, 1);
    expect([0, 1].map((position) => source.layerState(position).kind)).toEqual(['ready', 'ready']);
  });

  it('has a layer read by its table of contents, and of a file what it takes', async () => {
    const files = Array.from({ length: 60 }, (_, n) => ({
      path: `data/${n}`,
      content: noise(32_000, n + 1),
    }));
    const draft = estargzOf([...files, { path: 'motd', content: 'ahoy\n' }]);
    const layer = layout.blob(draft.bytes, {
      mediaType: MediaType.ociLayerGzip,
      annotations: Object.fromEntries(draft.annotations),
    });
    const config = layout.blob(jsonBytes(AMD64), { mediaType: MediaType.ociConfig });
    tagged = layout.manifest({ config, layers: [layer] });
    const source = await open();
    expect(source.remote.fetching.offer(0)).toMatchObject({ toc: 'estargz', size: layer.size });
    const state = await fetched(source, 0);
    expect(state).toMatchObject({ kind: 'read', way: 'estargz' });
    if (state.kind !== 'read') throw new Error(state.kind);
    expect(state.fetched).toBeLessThan(layer.size * 0.05);
    const before = blobRequests(layer.digest);
    expect(await text(source.readFile({ layer: 0, path: 'motd' }))).toBe('ahoy\n');
    const afterFirst = blobRequests(layer.digest);
    expect(await source.hashFile({ layer: 0, path: 'motd' })).toBe(sha256(Buffer.from('ahoy\n')));
    expect(blobRequests(layer.digest)).toBe(afterFirst);
    expect(afterFirst).toBeGreaterThan(before);
  });

  it('shows nothing of a layer that is another than its configuration names', async () => {
    const { diffIds } = buildImage({ layers: FILES });
    const rootfs = { type: 'layers', diff_ids: [String(diffIds[1]), String(diffIds[1])] };
    tagged = layout.image(buildImage({ layers: FILES, config: { rootfs } }));
    const source = await open();
    expect(await fetched(source, 0)).toMatchObject({
      kind: 'failed',
      error: { code: 'diff-id-mismatch' },
    });
    expect(source.layerState(0).kind).toBe('waiting');
    expect(await fetched(source, 1)).toMatchObject({ kind: 'read' });
  });

  it('goes back to where it was when a fetch is given up', async () => {
    tagged = layout.image(buildImage({ layers: FILES }));
    const source = await open({}, (request, options) => {
      source.remote.fetching.cancel();
      return lookHere(request, options);
    });
    expect(await fetched(source, 0)).toEqual({ kind: 'idle' });
    expect(tasks.running).toEqual([]);
  });

  it('tells what its index names beside it', async () => {
    const image = layout.image(buildImage({ layers: FILES }), { platform: AMD64 });
    tagged = layout.index([image, layout.attestation(image)]);
    const list = new ReferrerList((await open()).remote);
    await list.read();
    expect(list.state).toMatchObject({
      kind: 'read',
      referrers: [{ kind: 'attestation', type: 'attestation-manifest' }],
    });
  });
});

describe('what a registry has that is no image', () => {
  it('is named, with what its manifest holds', async () => {
    const config = layout.blob(jsonBytes({ name: 'chart' }), {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
    });
    const chart = layout.blob(new Uint8Array([1]), { mediaType: 'application/x-chart' });
    tagged = layout.manifest({ config, layers: [chart] });
    const { remote, layers } = await open();
    expect(remote).toMatchObject({ artifact: 'chart', digest: tagged.digest });
    expect(remote.documents[0]?.names.map(({ digest }) => digest)).toEqual([
      config.digest,
      chart.digest,
    ]);
    expect(layers).toEqual([]);
  });

  it('is named where an index holds nothing else', async () => {
    const module = layout.manifest(
      { artifactType: 'application/wasm', config: layout.blob(jsonBytes({})), layers: [] },
      { artifactType: 'application/wasm' },
    );
    tagged = layout.index([module]);
    expect((await open()).remote).toMatchObject({ artifact: 'wasm' });
  });
});
