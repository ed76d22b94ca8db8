import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageSource } from '../../../src/app/image/image-source';
import { loadArchive } from '../../../src/archive/load';
import { KeptLayers } from '../../../src/app/remote/kept-layers';
import { storedLayers } from '../../../src/app/remote/stored-layers';
import { openRemote, type AskedRemote } from '../../../src/app/remote/open-remote';
import { isReadable, OpenedReferrer } from '../../../src/app/remote/opened-referrer.svelte';
import { ReferrerList } from '../../../src/app/remote/referrer-list.svelte';
import type { FetchState, RemoteFacts } from '../../../src/app/remote/remote-facts';
import { Tasks } from '../../../src/app/tasks.svelte';
import type { Digest } from '../../../src/oci/digest';
import { MediaType } from '../../../src/oci/media-types';
import { parseReference } from '../../../src/oci/reference';
import type { LookAtLayer } from '../../../src/registry/remote/remote-layer';
import type { Store } from '../../../src/store/store';
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
import type { TarItem } from '../../support/tar-builder';
import { loadInto, openItems } from '../../support/load-environment';
import { estargzOf, sha256, type TocDraftOptions } from '../../support/toc-builder';
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
let store: Store;
let opened: ImageSource | undefined;

beforeEach(async () => {
  layout = new LayoutBuilder();
  tasks = new Tasks(Date.now);
  store = await openMemoryStore();
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
      storedLayers: (layers) => storedLayers(store, layers),
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

const fetchedOf = ({ remote }: { readonly remote: RemoteFacts }): number => {
  const state = remote.fetching.state(0);
  return state.kind === 'read' ? state.fetched : NaN;
};

const FILE_BY_FILE = [
  ...Array.from({ length: 60 }, (_, n) => ({ path: `data/${n}`, content: noise(32_000, n + 1) })),
  { path: 'motd', content: 'ahoy\n' },
];

/** Puts an image of one eStargz layer into the registry. */
function putLazy(files: readonly TarItem[], options?: TocDraftOptions): BlobDescriptor {
  const draft = estargzOf(files, options);
  const layer = layout.blob(draft.bytes, {
    mediaType: MediaType.ociLayerGzip,
    annotations: Object.fromEntries(draft.annotations),
  });
  const config = layout.blob(jsonBytes(AMD64), { mediaType: MediaType.ociConfig });
  tagged = layout.manifest({ config, layers: [layer] });
  return layer;
}

/** Bytes of a blob that were asked for by Range. */
const sentOf = (digest: Digest): number =>
  server.requests
    .filter(({ url }) => url?.endsWith(`/blobs/${digest}`))
    .map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [])
    .reduce((sum, [, start = 0, end = -1]) => sum + Number(end) - Number(start) + 1, 0);
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
    const layer = putLazy(FILE_BY_FILE);
    const source = await open();
    expect(source.remote.fetching.offer(0)).toMatchObject({ toc: 'estargz', size: layer.size });
    const state = await fetched(source, 0);
    expect(state).toMatchObject({ kind: 'read', way: 'estargz' });
    expect(fetchedOf(source)).toBeLessThan(layer.size * 0.05);
    expect(await text(source.readFile({ layer: 0, path: 'motd' }))).toBe('ahoy\n');
    const afterFirst = blobRequests(layer.digest);
    expect(await source.hashFile({ layer: 0, path: 'motd' })).toBe(sha256(Buffer.from('ahoy\n')));
    expect(blobRequests(layer.digest)).toBe(afterFirst);
  });

  it('has its table of contents fetched once, and every byte counted', async () => {
    const layer = putLazy(FILE_BY_FILE);
    const source = await open();
    await fetched(source, 0);
    const before = blobRequests(layer.digest);
    const table = fetchedOf(source);
    for (const path of ['data/3', 'motd', 'data/7']) await source.readFile({ layer: 0, path });
    expect(blobRequests(layer.digest)).toBe(before + 3);
    // One byte is asked for alone, to learn whether parts are sent, and is no part of what is read.
    expect(fetchedOf(source)).toBe(sentOf(layer.digest) - 1);
    expect(fetchedOf(source)).toBeGreaterThan(table + 64_000);
  });

  it('has the beginning of a large file for its first chunks, and asks where that takes much', async () => {
    const content = noise(300_000, 5);
    const files = [{ path: 'big', content }];
    const layer = putLazy(files, { chunkSize: 50_000 });
    const source = await open();
    await fetched(source, 0);
    const before = sentOf(layer.digest);
    const start = await source.readFile({ layer: 0, path: 'big', limit: 60_000, budget: 150_000 });
    expect(start.size).toBe(60_000);
    expect(sentOf(layer.digest) - before).toBeLessThan(110_000);
    const asked = source.readFile({ layer: 0, path: 'big', limit: 60_000, budget: 90_000 });
    await expect(asked).rejects.toMatchObject({ code: 'over-budget' });
    expect(sentOf(layer.digest) - before).toBeLessThan(110_000);
  });

  it('has a small file that was refused for what it takes when that is allowed', async () => {
    putLazy(FILE_BY_FILE);
    const source = await open();
    await fetched(source, 0);
    const { signal } = new AbortController();
    const file = { layer: 0, path: 'motd' };
    const refused = source.readFile({ ...file, budget: 3 }, { signal });
    await expect(refused).rejects.toMatchObject({ code: 'over-budget' });
    expect(await text(source.readFile(file, { signal }))).toBe('ahoy\n');
  });

  it('keeps what was read of a layer while platforms are switched', async () => {
    const [amd64, arm64] = [AMD64, ARM64].map((platform) =>
      layout.image(buildImage({ layers: FILES, architecture: platform.architecture }), {
        platform,
      }),
    ) as [BlobDescriptor, BlobDescriptor];
    tagged = layout.index([amd64, arm64]);
    const kept = new KeptLayers();
    const first = await open({ kept });
    await fetched(first, 0);
    first.close();
    // Both have the same layers here, as many images have the same base.
    for (const manifest of [arm64.digest, amd64.digest]) {
      const source = await open({ kept, manifest });
      expect(source.remote.fetching.state(0)).toMatchObject({ kind: 'read', way: 'whole' });
      expect(await text(source.readFile({ layer: 0, path: 'etc/motd' }))).toBe('ahoy\n');
      expect(source.remote.fetching.state(1).kind).toBe('idle');
      expect(blobRequests(source.layers[0]?.descriptor.digest ?? tagged.digest)).toBe(1);
    }
  });

  it('uses layers that are stored, and fetches nothing of them', async () => {
    tagged = layout.image(buildImage({ layers: FILES }));
    const archive = await openItems(layout.items([tagged]));
    await loadArchive(archive, loadInto(store));
    const source = await open();
    expect([0, 1].map((layer) => source.remote.fetching.state(layer))).toEqual([
      { kind: 'read', way: 'stored', fetched: 0 },
      { kind: 'read', way: 'stored', fetched: 0 },
    ]);
    expect(await text(source.readFile({ layer: 0, path: 'etc/motd' }))).toBe('ahoy\n');
    expect(source.layers.map(({ descriptor }) => blobRequests(descriptor.digest))).toEqual([0, 0]);
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

  it('says which layer is missing in the registry', async () => {
    tagged = layout.image(buildImage({ layers: FILES }));
    const source = await open();
    const [digest = tagged.digest] = source.layers.map(({ descriptor }) => descriptor.digest);
    layout.drop(digest);
    const missing = { code: 'blob-unknown', detail: { what: 'layer 0', digest } };
    expect(await fetched(source, 0)).toMatchObject({ kind: 'failed', error: missing });
    const lazy = putLazy(FILE_BY_FILE);
    layout.drop(lazy.digest);
    const byToc = { code: 'blob-unknown', detail: { what: 'layer 0', digest: lazy.digest } };
    expect(await fetched(await open(), 0)).toMatchObject({ kind: 'failed', error: byToc });
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

describe('what is there about an image', () => {
  it('is opened: its manifest, and what its blobs say', async () => {
    const image = layout.image(buildImage({ layers: FILES }), { platform: AMD64 });
    const attestation = layout.attestation(image);
    tagged = layout.index([image, attestation]);
    const { remote } = await open();
    const referrer = new OpenedReferrer(remote);
    await referrer.open({ referrer: attestation.digest, blob: undefined });
    const { state } = referrer;
    if (state.kind !== 'read') throw new Error(state.kind);
    expect(state.shown.descriptor.digest).toBe(attestation.digest);
    const statement = state.document.names[1];
    expect(state.document.names.map(isReadable)).toEqual([true, true]);
    await referrer.open({ referrer: attestation.digest, blob: statement?.digest });
    expect(referrer.state).toMatchObject({
      kind: 'read',
      shown: {
        descriptor: statement,
        bytes: jsonBytes({ predicateType: 'https://slsa.dev/provenance/v1' }),
      },
    });
  });

  it('is not read where it is large, and said where it is not there', async () => {
    const size = 5 * 1024 * 1024;
    const mediaType = 'application/spdx+json';
    expect(isReadable({ mediaType, size, digest: tagged.digest })).toBe(false);
    expect(isReadable({ mediaType, size: 9, digest: tagged.digest })).toBe(true);
    expect(isReadable({ mediaType: 'text/spdx', size: 9, digest: tagged.digest })).toBe(false);
    tagged = layout.image(buildImage({ layers: FILES }));
    const referrer = new OpenedReferrer((await open()).remote);
    await referrer.open({ referrer: `sha256:${'9'.repeat(64)}`, blob: undefined });
    expect(referrer.state).toMatchObject({ kind: 'failed', error: { code: 'not-found' } });
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
