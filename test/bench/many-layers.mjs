import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from './tar.mjs';

const sha256 = (content) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const blobPath = (digest) => `blobs/${digest.replace(':', '/')}`;

/** A layer of one small file, as a step of a build that changes a setting leaves it. */
function tinyLayer(number) {
  return tar([[`srv/app/part-${number % 50}/setting-${number}`, `value = ${number}\n`]]);
}

function configOf(diffIds) {
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map((_, n) => ({ created_by: `RUN set-value ${n}` })),
  });
}

/** An OCI layout of one image of so many layers, each a gzip of some hundred bytes. */
export function imageOfManyLayers(count) {
  const files = new Map();
  const blob = (mediaType, content) => {
    const digest = sha256(content);
    files.set(blobPath(digest), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  };
  const tars = Array.from({ length: count }, (_, n) => tinyLayer(n));
  const type = 'application/vnd.oci.image';
  const manifest = {
    schemaVersion: 2,
    mediaType: `${type}.manifest.v1+json`,
    config: blob(`${type}.config.v1+json`, configOf(tars.map(sha256))),
    layers: tars.map((bytes) => blob(`${type}.layer.v1.tar+gzip`, gzipSync(bytes))),
  };
  const descriptor = {
    ...blob(manifest.mediaType, JSON.stringify(manifest)),
    annotations: { 'org.opencontainers.image.ref.name': 'bench.test/layers:1' },
  };
  return tar([
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    ['index.json', JSON.stringify({ schemaVersion: 2, manifests: [descriptor] })],
    ...files,
  ]);
}

/** A `docker save` of so many images, each of so many plain layers of its own. */
export function imagesOfLayers(images, layersEach) {
  const files = [];
  const manifest = Array.from({ length: images }, (_, image) => {
    const tars = Array.from({ length: layersEach }, (_, n) => tinyLayer(image * layersEach + n));
    const layers = tars.map((bytes) => [`${sha256(bytes).slice(7)}/layer.tar`, bytes]);
    const config = configOf(tars.map(sha256));
    const path = `${sha256(config).slice(7)}.json`;
    files.push(...layers, [path, config]);
    return {
      Config: path,
      RepoTags: [`bench.test/layers:${image}`],
      Layers: layers.map(([name]) => name),
    };
  });
  return tar([...files, ['manifest.json', JSON.stringify(manifest)]]);
}

/** Hands an archive to `use` as a file, for as long as that takes. */
export async function withArchive(bytes, use) {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  try {
    const file = join(folder, 'many-layers.tar');
    writeFileSync(file, bytes);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
