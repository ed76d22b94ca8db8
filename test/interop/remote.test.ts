import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { dockerSize } from '../../src/base/human-size';
import { bytesSource, collect } from '../../src/base/byte-source';
import { decompress } from '../../src/codec/compression/decompress';
import { sniff } from '../../src/codec/compression/sniff';
import { MediaType } from '../../src/oci/media-types';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushArchive, pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { noise } from '../support/streams';
import { layerOf } from '../support/layer-of';
import { bytesOf, tarOf, type TarItem } from '../support/tar-builder';
import { estargzOf, sha256, zstdChunkedOf, type TocLayerDraft } from '../support/toc-builder';
import { gzipSync } from 'node:zlib';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { succeed } from './program';
import { skopeoSizes } from './skopeo-sizes';
import type { ListedEntry } from './tar-listing';

const samples = inject('sampleFolder');

/** 64 MB in 2,000 files that do not compress. */
const ITEMS: readonly TarItem[] = [
  { path: 'etc/motd', content: 'ahoy\n' },
  ...Array.from({ length: 2000 }, (_, n) => ({
    path: `usr/share/data/${n}`,
    content: noise(32_000, n + 1),
  })),
  { path: 'etc/issue', content: 'Drydock 1\n' },
];
/** Several chunks, a hole, and everything that is no file. */
const SKOPEO_ITEMS: readonly TarItem[] = [
  { path: 'etc/' },
  { path: 'etc/motd', content: 'ahoy\n', mtime: 1_700_000_000, uid: 3, mode: 0o4755 },
  { path: 'noise', content: noise(400_000) },
  { path: 'zeros', content: new Uint8Array(300_000) },
  { path: 'link', linkname: 'noise' },
  { path: 'hard', type: 'hardlink', linkname: 'etc/motd' },
  { path: 'marked', content: 'x', xattrs: { 'user.mark': 'yes' } },
  { path: '.wh.gone' },
];
const FORMATS = {
  estargz: {
    draft: () => estargzOf(ITEMS, { pack: (bytes) => gzipSync(bytes, { level: 1 }) }),
    mediaType: MediaType.ociLayerGzip,
  },
  'zstd:chunked': { draft: () => zstdChunkedOf(ITEMS), mediaType: MediaType.ociLayerZstd },
} as const;

describe.skipIf(samples === '')('drydock remote', () => {
  let registry: RegistryServer;
  let front: FaultProxy;
  let drydock: Drydock;
  const drafts = new Map<string, TocLayerDraft>();

  beforeAll(async () => {
    registry = await startRegistry();
    front = await startFaultProxy(registry.url);
    drydock = await Drydock.open();
    await pushArchive(registry, join(samples, 'docker-save.tar'), 'plain:1');
    for (const [name, { draft, mediaType }] of Object.entries(FORMATS)) {
      drafts.set(name, draft());
      await push(name, drafts.get(name), mediaType);
    }
  });
  afterAll(async () => {
    await front.stop();
    await registry.stop();
  });

  /** Pushes an image of one layer with these annotations under the name of its format. */
  async function push(
    name: string,
    draft: TocLayerDraft | undefined,
    mediaType: string,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (!draft) throw new Error(name);
    const layout = new LayoutBuilder();
    const of = { ...Object.fromEntries(draft.annotations), ...annotations };
    const layer = layout.blob(draft.bytes, { mediaType, annotations: of });
    const diffId = sha256(await unpacked(draft.bytes));
    const config = {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [diffId] },
    };
    const configured = layout.blob(Buffer.from(JSON.stringify(config)), {
      mediaType: MediaType.ociConfig,
    });
    const manifest = layout.manifest({ config: configured, layers: [layer] });
    await pushLayout(registry, layout.items([manifest]), `${nameOf(name)}:1`);
  }

  const nameOf = (format: string): string => `toc/${format.replace(':', '-')}`;

  async function listed(line: string): Promise<{ entries: ListedEntry[]; stderr: string }> {
    const result = await drydock.run(`drydock remote --format json ${line}`);
    expect(result.exitCode, result.stderr).toBe(0);
    return { entries: JSON.parse(result.stdout) as ListedEntry[], stderr: result.stderr };
  }

  describe.each(Object.keys(FORMATS))('%s', (format) => {
    it('is listed, and one file of it read, for two percent of its bytes', async () => {
      const size = drafts.get(format)?.bytes.length ?? 0;
      const name = `${front.host}/${nameOf(format)}:1`;
      const before = front.bytesOf();
      const { entries, stderr } = await listed(`--layer 0 ${name}`);
      expect(entries.filter(({ type }) => type === 'file')).toHaveLength(ITEMS.length);
      expect(stderr).toContain('table of contents');
      const file = await drydock.run(`drydock remote --layer 0 ${name} /etc/../etc/issue`);
      expect(file).toMatchObject({ stdout: 'Drydock 1\n', exitCode: 0 });
      const once = await drydock.run(`drydock remote --layer 0 ${name} usr/share/data/7 > data`);
      const content = new Uint8Array(
        (await once.files['data']?.arrayBuffer()) ?? new ArrayBuffer(),
      );
      expect(sha256(content)).toBe(sha256(noise(32_000, 8)));
      expect((front.bytesOf() - before) / 3).toBeLessThan(size * 0.02);
    });

    it('is read whole where the registry sends no parts, and says so', async () => {
      const name = `${front.host}/${nameOf(format)}:1`;
      front.plan = ({ path }) => (path.includes('/blobs/') ? { kind: 'no range' } : undefined);
      onTestFinished(() => {
        front.plan = () => undefined;
      });
      const { entries, stderr } = await listed(`--layer 0 ${name}`);
      expect(entries.filter(({ path }) => path.startsWith('usr/share/data/'))).toHaveLength(2000);
      expect(stderr).toContain('read whole, its digest is right');
    });

    it('is refused with a table of contents that is not the one of the manifest', async () => {
      const draft = drafts.get(format);
      const { mediaType } = FORMATS[format as keyof typeof FORMATS];
      const key = [...(draft?.annotations.keys() ?? [])].find((each) =>
        /digest|checksum/.test(each),
      );
      const changed = { [key ?? '']: `sha256:${'0'.repeat(64)}` };
      await push(`bad-${format}`, draft, mediaType, changed);
      const name = `${registry.host}/${nameOf(`bad-${format}`)}:1`;
      expect(await drydock.run(`drydock remote --layer 0 ${name}`)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(/table of contents of layer 0 .* not sha256:0{64}/) as string,
      });
    });
  });

  it('reads what skopeo writes as zstd:chunked', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage({ layers: [SKOPEO_ITEMS] });
    const folder = await mkdtemp(join(tmpdir(), 'drydock-skopeo-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    // Skopeo 1.9 does not come to an end with a tar that has anything behind its two last blocks.
    await writeFile(
      join(folder, 'a.tar'),
      tarOf(layout.items([layout.image(image, { plain: true })])),
    );
    const target = `oci:${join(folder, 'chunked')}:x`;
    await succeed('skopeo', [
      ...['--insecure-policy', 'copy', '--quiet', '--dest-compress-format', 'zstd:chunked'],
      ...[`oci-archive:${join(folder, 'a.tar')}`, target],
    ]);
    await succeed('skopeo', [
      ...['--insecure-policy', 'copy', '--quiet', '--preserve-digests', '--dest-tls-verify=false'],
      ...[target, `docker://${registry.host}/chunked:1`],
    ]);
    const name = `${registry.host}/chunked:1`;
    const { entries, stderr } = await listed(`--layer 0 ${name}`);
    expect(stderr).toContain('read by its zstd:chunked table of contents');
    const local = layerOf(SKOPEO_ITEMS);
    expect(entries).toEqual(
      [...local.entries()].map(
        (entry) =>
          expect.objectContaining({
            path: entry.path,
            type: entry.type,
            mode: entry.mode,
            size: entry.size,
            mtime: entry.mtime,
          }) as unknown,
      ),
    );
    for (const { path: written, content = '' } of SKOPEO_ITEMS) {
      if (content === '') continue;
      const path = String(written);
      const { files } = await drydock.run(`drydock remote --layer 0 ${name} ${path} > file`);
      const bytes = new Uint8Array((await files['file']?.arrayBuffer()) ?? new ArrayBuffer());
      expect(sha256(bytes), path).toBe(sha256(bytesOf(content)));
    }
  });

  it('tells manifest, configuration, history, layers and sizes of an image, as docker pulls it', async () => {
    const name = `${registry.host}/plain:1`;
    const { stdout, stderr, exitCode } = await drydock.run(`drydock remote --format json ${name}`);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const report = JSON.parse(stdout) as {
      digest: string;
      platforms: { platform: string; imageId: string; size: number }[];
      layers: { diffId: string; size: number }[];
      config: { architecture: string };
      manifest: { layers: { size: number }[]; config: { size: number } };
    };
    const engine = await Engine.start();
    try {
      await engine.must(['pull', name]);
      const [image] = JSON.parse(await engine.must(['image', 'inspect', name])) as {
        Id: string;
        RepoDigests: string[];
        RootFS: { Layers: string[] };
      }[];
      expect(report.platforms).toMatchObject([{ platform: 'linux/amd64', imageId: image?.Id }]);
      expect(image?.RepoDigests).toEqual([`${registry.host}/plain@${report.digest}`]);
      expect(report.layers.map(({ diffId }) => diffId)).toEqual(image?.RootFS.Layers);
    } finally {
      await engine.stop();
    }
    const sizes = new Map(
      report.manifest.layers.map((layer) => [JSON.stringify(layer), layer.size]),
    );
    const sum = [...sizes.values()].reduce((total, size) => total + size, 0);
    expect(report.platforms[0]?.size).toBe(sum + report.manifest.config.size);
    const table = await drydock.run(`drydock remote ${name}`);
    expect(table.stdout).toMatch(/^PLATFORM +IMAGE ID +LAYERS +SIZE$/m);
  });

  it('lists a layer as the stored image has it, and stores nothing', async () => {
    const name = `${registry.host}/plain:1`;
    const stored = await Drydock.open();
    const files = { a: await openAsBlob(join(samples, 'docker-save.tar')) };
    await stored.run('docker load -i a', { files });
    const id = (await stored.run('docker images -q')).stdout.split('\n')[0] ?? '';
    for (const layer of [0, 1, 2]) {
      const local = await stored.run(`drydock files --format json --layer ${layer} ${id}`);
      const { entries, stderr } = await listed(`--layer ${layer} ${name}`);
      expect(entries).toEqual(JSON.parse(local.stdout));
      expect(stderr).toMatch(
        /^layer \d: read whole, its digest is right \(.* fetched, nothing stored\)\n$/,
      );
    }
    expect((await drydock.run('docker images -aq')).stdout).toBe('');
  });

  it('finds what refers to an image under the tag that stands in for an API, and under cosign’s', async () => {
    const layout = new LayoutBuilder();
    const subject = layout.image(buildImage());
    await pushLayout(registry, layout.items([subject]), 'signed:1');
    const signatures = new LayoutBuilder();
    const empty = signatures.blob(Buffer.from('{}'), { mediaType: MediaType.ociEmpty });
    const signature = signatures.manifest(
      { artifactType: 'application/x-signature', config: empty, layers: [empty], subject },
      { artifactType: 'application/x-signature' },
    );
    const index = signatures.index([signature]);
    const tag = subject.digest.replace(':', '-');
    await pushLayout(registry, signatures.items([signature]), 'signed:signature');
    const put = await fetch(`${registry.url}/v2/signed/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': MediaType.ociIndex },
      body: signatures.bytesOf(index.digest),
    });
    expect(put.status).toBe(201);
    const config = signatures.blob(Buffer.from('{"os":"","architecture":""}'), {
      mediaType: MediaType.ociConfig,
    });
    const payload = signatures.blob(Buffer.from('{"critical":{}}'), {
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    });
    const cosigned = signatures.manifest({ config, layers: [payload] });
    await pushLayout(registry, signatures.items([cosigned]), `signed:${tag}.sig`);
    const { stdout } = await drydock.run(`drydock remote --format json ${registry.host}/signed:1`);
    expect(JSON.parse(stdout)).toMatchObject({
      referrers: [
        {
          subject: subject.digest,
          digest: signature.digest,
          artifactType: 'application/x-signature',
        },
        {
          subject: subject.digest,
          digest: cosigned.digest,
          artifactType: 'application/vnd.dev.cosign.simplesigning.v1+json',
        },
      ],
    });
  });

  it('takes the tag for no list of referrers where it is the image itself', async () => {
    const layout = new LayoutBuilder();
    const subject = layout.image(buildImage());
    await pushLayout(registry, layout.items([subject]), 'gitlab:1');
    await pushLayout(
      registry,
      layout.items([subject]),
      `gitlab:${subject.digest.replace(':', '-')}`,
    );
    const { stdout } = await drydock.run(`drydock remote --format json ${registry.host}/gitlab:1`);
    expect(JSON.parse(stdout)).toMatchObject({ referrers: [] });
  });

  it('tells of every platform as many bytes as its manifest has by skopeo', async () => {
    const layout = new LayoutBuilder();
    const twice = [{ path: 'twice', content: noise(20_000, 5) }];
    const images = ['amd64', 'arm64', 's390x'].map((architecture, i) => {
      const own = [{ path: 'own', content: noise(10_000 * (i + 1), i) }];
      return layout.image(buildImage({ architecture, layers: [twice, own, twice] }), {
        platform: { os: 'linux', architecture },
      });
    });
    const [amd64] = images;
    if (!amd64) throw new Error('no image');
    const index = layout.index([...images, layout.attestation(amd64)]);
    await pushLayout(registry, layout.items([index]), 'sized:1');
    const sizes = await skopeoSizes(`${registry.host}/sized`, '1');
    expect(new Set(sizes).size).toBe(3);
    const name = `${registry.host}/sized:1`;
    const { stdout } = await drydock.run(`drydock remote --format json ${name}`);
    const { platforms } = JSON.parse(stdout) as { platforms: readonly { size: number }[] };
    expect(platforms.map(({ size }) => size)).toEqual(sizes);
    const table = (await drydock.run(`drydock remote ${name}`)).stdout;
    for (const size of sizes) expect(table).toContain(dockerSize(size));
  });

  it('tells every platform with its size, and shows the one asked for', async () => {
    const layout = new LayoutBuilder();
    const one = buildImage();
    const amd64 = layout.image(one, { platform: { os: 'linux', architecture: 'amd64' } });
    const arm64 = layout.image(buildImage({ architecture: 'arm64' }), {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const index = layout.index([amd64, arm64, layout.attestation(amd64)]);
    await pushLayout(registry, layout.items([index]), 'multi:1');
    const name = `${registry.host}/multi:1`;
    const { stdout } = await drydock.run(`drydock remote --platform arm64 --format json ${name}`);
    expect(JSON.parse(stdout)).toMatchObject({
      digest: index.digest,
      platforms: [
        { platform: 'linux/amd64', digest: amd64.digest, imageId: one.imageId },
        { platform: 'linux/arm64', digest: arm64.digest },
      ],
      others: [{ annotations: { 'vnd.docker.reference.digest': amd64.digest } }],
      config: { architecture: 'arm64' },
    });
    expect(await drydock.run(`drydock remote --platform s390x ${name}`)).toMatchObject({
      exitCode: 1,
      stderr: 'no matching manifest for s390x: there is linux/amd64, linux/arm64\n',
    });
    expect(await drydock.run(`drydock remote ${name} etc/passwd`)).toMatchObject({ exitCode: 1 });
    expect(await drydock.run(`drydock remote --layer 9 ${name}`)).toMatchObject({
      exitCode: 1,
      stderr: 'no layer "9": there are 0 to 1\n',
    });
  });
});

function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return collect(decompress(bytesSource(bytes), sniff(bytes.subarray(0, 512))));
}
