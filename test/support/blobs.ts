import { collect, type ByteSource } from '../../src/base/byte-source';
import { encodeUtf8, toHex } from '../../src/base/bytes';
import { digestOfHex, type Digest } from '../../src/oci/digest';
import type { ContentStore, BlobInfo, ExpectedBlob } from '../../src/store/content-store';
import type { LayerIndexBytes } from '../../src/store/index-store';

/** Bytes that no other seed gives, cheap at any size. */
export function patternBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed * 2654435761;
  for (let i = 0; i < size; i++) {
    state = (state * 1664525 + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export async function digestOf(bytes: Uint8Array<ArrayBuffer> | string): Promise<Digest> {
  const data = typeof bytes === 'string' ? encodeUtf8(bytes) : bytes;
  return digestOfHex(toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', data))));
}

export async function expectedOf(bytes: Uint8Array<ArrayBuffer>): Promise<ExpectedBlob> {
  return { digest: await digestOf(bytes), size: bytes.length };
}

/** Stores bytes under their digest, of a layer with its index. */
export async function store(
  content: ContentStore,
  bytes: Uint8Array<ArrayBuffer> | string,
  index?: LayerIndexBytes,
): Promise<BlobInfo> {
  const data = typeof bytes === 'string' ? encodeUtf8(bytes) : bytes;
  const ingest = await content.begin();
  await ingest.write(data);
  return ingest.commit(await expectedOf(data), index);
}

export async function readAll(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return collect(source.open());
}

export async function readText(content: ContentStore, digest: Digest): Promise<string> {
  return new TextDecoder().decode(await readAll(await content.open(digest)));
}

/** What an async iterable gives. */
export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
