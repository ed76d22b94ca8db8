import { createHash } from 'node:crypto';
import {
  runCommandLine,
  type RunOptions,
  type RunResult,
} from '../../src/commands/run-command-line';
import type { CommandEnvironment } from '../../src/commands/command';
import type { ImageSummary } from '../../src/image/image-summary';
import { parseDigest, type Digest } from '../../src/oci/digest';
import { parseImageConfig } from '../../src/oci/image-config';
import { MediaType } from '../../src/oci/media-types';
import { DEFAULT_PLATFORM } from '../../src/oci/platform';
import { canonicalReference, parseReference } from '../../src/oci/reference';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import type { Store } from '../../src/store/store';
import { IMAGES } from '../golden/fixture-images.mjs';
import { store as storeBlob } from './blobs';

const notHere = () => Promise.reject(new Error('this test loads nothing'));

/** A memory store that holds the images of the goldens, and what runs commands over it. */
export async function fixtureEnvironment(): Promise<CommandEnvironment> {
  const store = await openMemoryStore();
  for (const [position, image] of IMAGES.entries()) await storeImage(store, image, position);
  return environmentOf(store);
}

export function environmentOf(store: Store): CommandEnvironment {
  return {
    store,
    ingestLayer: notHere,
    unpackArchive: notHere,
    hashBlob: notHere,
    platform: DEFAULT_PLATFORM,
  };
}

/** Runs a line as `window.drydock.run` does. */
export function run(
  environment: CommandEnvironment,
  line: string,
  options: RunOptions = {},
): Promise<RunResult> {
  return runCommandLine(line, environment, options);
}

type FixtureImage = (typeof IMAGES)[number];

async function storeImage(store: Store, image: FixtureImage, position: number): Promise<void> {
  const json = JSON.stringify(image.config);
  const config = parseImageConfig(new TextEncoder().encode(json));
  const { digest: imageId } = await storeBlob(store.content, json);
  const layers = image.layers.map((bytes) => ({
    digest: digestOfBytes(bytes),
    diffId: digestOfBytes(bytes),
    size: bytes.length,
    compression: 'none' as const,
    unpackedSize: contentSize(bytes),
    entryCount: 1,
  }));
  for (const bytes of image.layers) await storeBlob(store.content, new Uint8Array(bytes));
  const manifest = await storeBlob(store.content, `manifest ${position}`);
  const unpackedSize = layers.reduce((sum, layer) => sum + layer.unpackedSize, 0);
  const summary: ImageSummary = {
    platforms: [
      {
        manifest: manifest.digest,
        imageId,
        platform: config.platform,
        ...(config.created === undefined ? {} : { created: config.created }),
        unpackedSize,
        storedSize: layers.reduce((sum, layer) => sum + layer.size, 0),
        layers,
        labels: Object.fromEntries(config.labels),
      },
    ],
    absent: [],
  };
  const target = { mediaType: MediaType.ociManifest, digest: manifest.digest, size: manifest.size };
  await store.commit({
    putImages: [
      {
        target,
        blobs: [manifest.digest, imageId, ...layers.map(({ digest }) => digest)],
        diffIds: [],
        storedAt: 0,
        repoDigests: [],
        summary,
      },
    ],
    putRefs: (image.tags ?? []).map((tag) => ({
      name: canonicalReference(parseReference(tag)),
      target,
    })),
  });
}

function digestOfBytes(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
}

/** Bytes of the files in a tar of short entries. */
function contentSize(tar: Uint8Array): number {
  let sum = 0;
  for (let at = 0; tar[at] !== undefined && tar[at] !== 0;) {
    const size = Number.parseInt(new TextDecoder().decode(tar.subarray(at + 124, at + 135)), 8);
    sum += size;
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return sum;
}
