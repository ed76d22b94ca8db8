import { beforeEach, describe, expect, it } from 'vitest';
import { blobSource, bytesSource, collect, type ByteSource } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { PIECE_BYTES } from '../../../src/codec/compression/piece-format';
import { createPiecePacker } from '../../../src/codec/compression/piece-packer';
import { sha256Digest } from '../../../src/codec/hash/sha256';
import { encodeInPieces, type PieceJobs } from '../../../src/layer/encode-in-pieces';
import { createEncodeLayer, type EncodeLayerRequest } from '../../../src/layer/encode-layer';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { layerLikeBytes } from '../../support/encoded-layers';
import { tarOf } from '../../support/tar-builder';

const LAYER = tarOf([{ path: 'data', content: layerLikeBytes(3 * PIECE_BYTES) }]);

let store: Store;

beforeEach(async () => {
  store = await openMemoryStore();
});

/** Packs in this thread, the later pieces first where they are let. */
function jobsOf(changes: Partial<PieceJobs> = {}): PieceJobs {
  let turn = 4;
  return {
    packPiece: async ({ format, blob, lookBack }) => {
      await new Promise((done) => setTimeout(done, 20 * turn--));
      const pack = await createPiecePacker(format);
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return pack(bytes.subarray(lookBack), bytes.subarray(0, lookBack));
    },
    hashBlob: async (source) => sha256Digest(await collect(source.open())),
    encodeLayer: createEncodeLayer(store.content),
    ...changes,
  };
}

async function requestOf(encoding: 'gzip' | 'zstd'): Promise<EncodeLayerRequest> {
  return { encoding, diffId: await sha256Digest(LAYER), what: 'layer 1' };
}

const onlyPieces = (): Promise<never> => Promise.reject(new Error('packed in one pass'));

describe('a layer that is packed in pieces', () => {
  it.each(['gzip', 'zstd'] as const)('as %s is what one pass makes of it', async (encoding) => {
    const request = await requestOf(encoding);
    const whole = await createEncodeLayer(store.content)(bytesSource(LAYER), request);
    const seen: Progress[] = [];
    const encode = encodeInPieces(store.content, jobsOf({ encodeLayer: onlyPieces }));
    const options = { onProgress: (progress: Progress) => void seen.push(progress) };
    const pieces = await encode(bytesSource(LAYER), request, options);
    expect(pieces).toMatchObject({ digest: whole.digest, size: whole.size });
    const [one, other] = await Promise.all([whole, pieces].map(({ source }) => bytesOf(source)));
    expect(one && other && equalBytes(one, other)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ done: LAYER.length, total: LAYER.length });
  });

  it('goes with the first piece that fails, and nothing of it stays', async () => {
    const aborted: boolean[] = [];
    const released: string[] = [];
    const content = {
      scratch: async (...options: Parameters<Store['content']['scratch']>) => {
        const scratch = await store.content.scratch(...options);
        const release = (): Promise<void> => {
          released.push(scratch.id);
          return scratch.release();
        };
        return {
          id: scratch.id,
          write: (chunk: Uint8Array) => scratch.write(chunk),
          finish: () => scratch.finish(),
          release,
        };
      },
    };
    let count = 0;
    const packPiece: PieceJobs['packPiece'] = async (_, { signal }) => {
      if (count++ === 1) throw new RangeError('the second');
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(true);
          reject(new DOMException('Cancelled.', 'AbortError'));
        });
      });
    };
    const encode = encodeInPieces(content, jobsOf({ packPiece }));
    const encoding = encode(bytesSource(LAYER), await requestOf('gzip'));
    await expect(encoding).rejects.toThrow('the second');
    expect(aborted.length).toBeGreaterThan(0);
    expect(released).toHaveLength(1);
  });

  it('and is another than it should be is refused', async () => {
    const request = { ...(await requestOf('gzip')), diffId: await sha256Digest(LAYER.slice(1)) };
    const encode = encodeInPieces(store.content, jobsOf({ encodeLayer: onlyPieces }));
    await expect(encode(bytesSource(LAYER), request)).rejects.toMatchObject({
      code: 'diff-id-mismatch',
    });
  });

  it('is packed in one pass where it is packed already', async () => {
    const packed = new Blob([LAYER]).stream().pipeThrough(new CompressionStream('gzip'));
    const source = blobSource(await new Response(packed).blob());
    const packPiece = onlyOnePass;
    const encoded = await encodeInPieces(store.content, jobsOf({ packPiece }))(
      source,
      await requestOf('zstd'),
    );
    expect(encoded.size).toBeGreaterThan(0);
  });
});

const onlyOnePass = (): Promise<never> => Promise.reject(new Error('packed in pieces'));

function bytesOf(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return collect(source.open());
}
