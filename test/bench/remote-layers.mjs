import { gzipSync } from 'node:zlib';
import { startFaultProxy } from '../servers/fault-proxy.ts';
import { pushLayout } from '../servers/push-images.ts';
import { startRegistry } from '../servers/registry.ts';
import { jsonBytes, LayoutBuilder } from '../support/archive-builder.ts';
import { noise } from '../support/streams.ts';
import { estargzOf, zstdChunkedOf } from '../support/toc-builder.ts';
import { makeProfile, openApp } from './browser-app.mjs';
import { startProxy } from './proxy-process.mjs';

const FILES = 2000;
const FILE_BYTES = 100_000;
const PATH = `usr/share/data/${FILES / 2}`;
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const FORMATS = [
  {
    name: 'eStargz',
    mediaType: `${LAYER}+gzip`,
    make: (items) => estargzOf(items, { pack: (bytes) => gzipSync(bytes, { level: 1 }) }),
  },
  { name: 'zstd:chunked', mediaType: `${LAYER}+zstd`, make: (items) => zstdChunkedOf(items) },
];

/**
 * What it takes to list a layer of 200 MB by its table of contents and to read one file of it, in a page, through the proxy, from a local
 * registry: bytes that the registry sent, in percent of the layer's.
 */
export async function remoteShares() {
  const registry = await startRegistry();
  const front = await startFaultProxy(registry.url, () => undefined);
  const app = await startProxy('dist', [front.url]);
  const profile = makeProfile();
  try {
    const images = [];
    for (const format of FORMATS) images.push(await push(registry, format));
    const { context, page } = await openApp(app.url, profile);
    try {
      const shares = [];
      for (const image of images) shares.push(await share(page, front, image));
      return shares;
    } finally {
      await context.close();
    }
  } finally {
    profile.remove();
    await app.stop();
    await front.stop();
    await registry.stop();
  }
}

async function push(registry, { name, mediaType, make }) {
  const items = Array.from({ length: FILES }, (_, n) => ({
    path: `usr/share/data/${n}`,
    content: noise(FILE_BYTES, n + 1),
  }));
  const { bytes, annotations } = make(items);
  const layout = new LayoutBuilder();
  const layer = layout.blob(bytes, { mediaType, annotations: Object.fromEntries(annotations) });
  const config = layout.blob(jsonBytes({ os: 'linux', architecture: 'amd64' }), {
    mediaType: 'application/vnd.oci.image.config.v1+json',
  });
  const repository = `bench/${name.toLowerCase().replace(':', '-')}`;
  const image = layout.manifest({ config, layers: [layer] });
  await pushLayout(registry, layout.items([image]), `${repository}:1`);
  return { name, repository, size: bytes.length, digest: layer.digest.slice('sha256:'.length) };
}

/** The table is read for the file, too: what comes for the file is what comes for both. */
async function share(page, front, { name, repository, size, digest }) {
  const line = `drydock remote --layer 0 ${front.host}/${repository}:1 ${PATH} > file`;
  const read = await page.evaluate(async (command) => {
    const { exitCode, stderr, files } = await globalThis.drydock.run(command);
    if (exitCode !== 0) throw new Error(stderr);
    return files.file.size;
  }, line);
  if (read !== FILE_BYTES) throw new Error(`${read} bytes of a file of ${FILE_BYTES} were read`);
  return { name, percent: (front.bytesOf(digest) / size) * 100 };
}
