import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/oci/digest';
import { MediaType } from '../../../src/oci/media-types';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { CommandEnvironment } from '../../../src/commands/command';
import { startLayoutRegistry } from '../../servers/layout-registry';
import {
  buildImage,
  digestOf,
  docker110,
  gzip,
  jsonBytes,
  LayoutBuilder,
  type BlobDescriptor,
  type BuiltImage,
} from '../../support/archive-builder';
import { environmentOf, run } from '../../support/fixture-store';
import { tarOf } from '../../support/tar-builder';
import type { Upstream } from '../../support/upstream';

let layout: LayoutBuilder;
let tagged: BlobDescriptor;
let server: Upstream;
let environment: CommandEnvironment;

beforeEach(async () => {
  layout = new LayoutBuilder();
  environment = environmentOf(await openMemoryStore());
  server = await startLayoutRegistry(layout, () => tagged);
});
afterEach(() => server.close());

const pull = (name = 'app:1', flags = ''): ReturnType<typeof run> =>
  run(environment, `docker pull ${flags} ${server.host}/${name}`);
const fetched = (): string[] =>
  server.requests.flatMap(({ url = '' }) => /blobs\/sha256:([0-9a-f]{64})/.exec(url)?.[1] ?? []);

async function isEmpty(): Promise<void> {
  expect((await run(environment, 'docker images -aq')).stdout).toBe('');
  const verified = await run(environment, 'drydock verify --format json');
  expect(JSON.parse(verified.stdout)).toEqual({ blobs: 0, bytes: 0, problems: [] });
}

async function isSound(): Promise<void> {
  const verified = await run(environment, 'drydock verify');
  expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await environment.store.problems()).toEqual([]);
}

/** Makes the store keep a blob as a browser does, in a file, and deletes that. */
async function keepInLostFile(digest: Digest, bytes: Uint8Array): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-lost-'));
  const file = join(folder, 'blob');
  await writeFile(file, bytes);
  const adoption = await environment.store.content.adopt(await openAsBlob(file));
  await adoption.commit({ digest, size: bytes.length });
  await rm(folder, { recursive: true });
}

function manifestOf(image: BuiltImage, layers: readonly BlobDescriptor[]): BlobDescriptor {
  const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
  return layout.manifest({ config, layers });
}

const DATA = [[{ path: 'a', content: 'a' }], [{ path: 'b', content: 'b' }]];

describe('a pull', () => {
  it('takes one platform of an index, leaves attestations, and knows the digest of the index', async () => {
    const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    const amd64 = layout.image(buildImage({ layers: DATA }), platform('amd64'));
    const arm64 = layout.image(
      buildImage({ layers: DATA, architecture: 'arm64' }),
      platform('arm64'),
    );
    tagged = layout.index([layout.attestation(amd64), arm64, amd64]);
    expect(await pull()).toMatchObject({ exitCode: 0, stderr: '' });
    const inspected = await run(
      environment,
      `docker inspect -f '{{.Architecture}} {{.RepoDigests}}' ${server.host}/app:1`,
    );
    expect(inspected.stdout).toBe(`amd64 [${server.host}/app@${tagged.digest}]\n`);
  });

  it('fetches a layer once that an image has twice', async () => {
    const [layer = []] = DATA;
    tagged = layout.image(buildImage({ layers: [layer, layer] }));
    const { exitCode, stdout } = await pull();
    expect(exitCode).toBe(0);
    expect(stdout.match(/: Pull complete/g)).toHaveLength(1);
    expect(new Set(fetched()).size).toBe(fetched().length);
  });

  it('fetches no layer of an image that an archive brought before', async () => {
    const image = buildImage({ layers: DATA, tags: ['from/archive:1'] });
    const archive = new Blob([tarOf(docker110([image]))]);
    await run(environment, 'docker load -i a.tar', { files: { 'a.tar': archive } });
    tagged = layout.image(image);
    const { exitCode, stdout } = await pull();
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/Pulling fs layer/);
    expect(fetched()).toEqual([]);
    const { stdout: listed } = await run(environment, 'docker images --no-trunc --format {{.ID}}');
    expect(listed).toBe(`${image.imageId}\n${image.imageId}\n`);
  });

  it('pulls again what verify has found to be damaged', async () => {
    const image = buildImage({ layers: DATA });
    tagged = layout.image(image);
    await pull();
    const digest = digestOf(gzip(image.layers[0] ?? new Uint8Array()));
    await environment.store.setProblems([{ digest, reason: 'corrupt', detail: 'It is.' }]);
    expect(await pull()).toMatchObject({ exitCode: 0 });
    expect(await environment.store.problems()).toEqual([]);
    expect(fetched().filter((hex) => digest.endsWith(hex))).toHaveLength(2);
  });

  it('fetches a layer that the store has lost again, and no other', async () => {
    const image = buildImage({ layers: DATA });
    tagged = layout.image(image);
    await pull();
    const digest = digestOf(gzip(image.layers[1] ?? new Uint8Array()));
    await environment.store.content.delete(digest);
    const before = fetched().length;
    const { exitCode, stdout } = await pull();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${digest.slice(7, 19)}: Pull complete`);
    expect(fetched().slice(before)).toEqual([digest.slice(7)]);
    await isSound();
  });

  it('fetches a layer again whose bytes can no longer be read', async () => {
    const image = buildImage({ layers: DATA });
    tagged = layout.image(image);
    await pull();
    const bytes = gzip(image.layers[1] ?? new Uint8Array());
    const digest = digestOf(bytes);
    await keepInLostFile(digest, bytes);
    const before = fetched().length;
    expect(await pull()).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fetched().slice(before)).toEqual([digest.slice(7)]);
    await isSound();
  });

  it('is given up as a whole, and can be gone on with', async () => {
    tagged = layout.image(buildImage({ layers: DATA }));
    const given = await run(environment, `docker pull ${server.host}/app:1`, {
      signal: AbortSignal.abort(new DOMException('enough', 'AbortError')),
    });
    expect(given).toMatchObject({ exitCode: 130, stderr: '' });
    await isEmpty();
    expect(await pull()).toMatchObject({ exitCode: 0 });
  });
});

describe('what a registry has that is no image', () => {
  it('is said to be an artifact, by name', async () => {
    const config = layout.blob(jsonBytes({ name: 'chart' }), {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
    });
    const layers = [
      layout.blob(new Uint8Array([1]), {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
      }),
    ];
    tagged = layout.manifest({ config, layers });
    const { exitCode, stderr } = await pull();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^[^\n]*holds a Helm chart [^\n]*\n$/),
    ]);
    await isEmpty();
    const looked = await run(environment, `drydock remote ${server.host}/app:1`);
    expect(looked.stdout).toContain(
      'This is a Helm chart (application/vnd.cncf.helm.config.v1+json)',
    );
    expect(looked.stdout).toContain('application/vnd.cncf.helm.chart.content.v1.tar+gzip');
    const listed = await run(environment, `drydock remote --layer 0 ${server.host}/app:1`);
    expect(listed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(listed.stderr).toMatch(/is a Helm chart .* no files to list/);
  });

  it('is said to be of schema 1', async () => {
    tagged = layout.blob(
      jsonBytes({ schemaVersion: 1, fsLayers: [], history: [], signatures: [] }),
      {
        mediaType: MediaType.dockerSchema1Signed,
      },
    );
    expect((await pull()).stderr).toMatch(/is of schema 1/);
    await isEmpty();
  });

  it('is said to be a foreign layer, with the host of its vendor', async () => {
    const image = buildImage({ layers: DATA });
    const [foreign = new Uint8Array(), own = new Uint8Array()] = image.layers.map(gzip);
    const absent = layout.blob(foreign, { mediaType: MediaType.dockerForeignLayer });
    layout.drop(absent.digest);
    const layer = { ...absent, urls: ['https://go.microsoft.com/fwlink/?id=1'] };
    tagged = manifestOf(image, [layer, layout.blob(own, { mediaType: MediaType.ociLayerGzip })]);
    expect((await pull()).stderr).toMatch(/is a foreign one, .* \(at go\.microsoft\.com\)/);
    await isEmpty();
    const looked = await run(environment, `drydock remote ${server.host}/app:1`);
    expect(looked.stdout).toContain('1 of its 2 layers is foreign');
  });

  it('is not said to be a foreign layer where another is missing', async () => {
    const image = buildImage({ layers: DATA });
    const [foreign = new Uint8Array(), own = new Uint8Array()] = image.layers.map(gzip);
    const there = layout.blob(foreign, { mediaType: MediaType.dockerForeignLayer });
    const absent = layout.blob(own, { mediaType: MediaType.ociLayerGzip });
    layout.drop(absent.digest);
    tagged = manifestOf(image, [there, absent]);
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain('foreign');
    await isEmpty();
  });
});

describe('what a registry has that is wrong', () => {
  const layersOf = (image: BuiltImage): BlobDescriptor[] =>
    image.layers.map((layer) => layout.blob(gzip(layer), { mediaType: MediaType.ociLayerGzip }));

  it.each<[string, (image: BuiltImage) => BlobDescriptor, RegExp]>([
    [
      'a manifest with more layers than the configuration has',
      (image) => manifestOf(image, [...layersOf(image), ...layersOf(image)]),
      /names 4 layers for a configuration with 2 diff IDs/,
    ],
    [
      'layers in another order than their diff IDs',
      (image) => manifestOf(image, layersOf(image).reverse()),
      /its diff ID is sha256:/,
    ],
    [
      'a layer that is shorter than its descriptor says',
      (image) =>
        manifestOf(
          image,
          layersOf(image).map((layer) => ({ ...layer, size: layer.size + 1 })),
        ),
      /broke off at byte|length in bytes/,
    ],
    [
      'a layer that is longer than its descriptor says',
      (image) =>
        manifestOf(
          image,
          layersOf(image).map((layer) => ({ ...layer, size: layer.size - 1 })),
        ),
      /sends more than the \d+ bytes/,
    ],
    [
      'a layer that is a web page',
      (image) => {
        const page = layout.blob(new TextEncoder().encode('<!doctype html>'), {
          mediaType: MediaType.ociLayerGzip,
        });
        return manifestOf(image, [page, page]);
      },
      /is not a layer/,
    ],
    [
      'a configuration past the limit',
      (image) => {
        const config = { ...layout.blob(image.config), size: 9 << 20 };
        return layout.manifest({ config, layers: layersOf(image) });
      },
      /more than the 8388608 bytes allowed/,
    ],
    [
      'a manifest that is no JSON',
      () => layout.blob(new TextEncoder().encode('nonsense'), { mediaType: MediaType.ociManifest }),
      /is not valid JSON/,
    ],
    [
      'a digest that is none',
      (image) =>
        layout.manifest({
          config: { ...layout.blob(image.config), digest: '../../etc' },
          layers: [],
        }),
      /is not a sha256 digest/,
    ],
  ])('is refused in one line, and nothing is stored: %s', async (_, make, message) => {
    tagged = make(buildImage({ layers: DATA }));
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(message);
    await isEmpty();
  });
});
