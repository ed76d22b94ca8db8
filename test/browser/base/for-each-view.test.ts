import { expect, it } from 'vitest';
import { blobSource } from '../../../src/base/byte-source';
import { forEachView } from '../../../src/base/for-each-view';

const MiB = 1024 * 1024;

/** Memory that is thrown away at once, so much of it that the collector runs again and again. */
async function collectingMeanwhile<T>(work: () => Promise<T>): Promise<T> {
  const litter = setInterval(() => new ArrayBuffer(256 * MiB), 5);
  try {
    return await work();
  } finally {
    clearInterval(litter);
  }
}

it('reads a Blob to its end, however often memory is collected meanwhile', async () => {
  const part = Uint8Array.from({ length: MiB }, (_, at) => at % 251);
  const source = blobSource(new Blob(new Array<Uint8Array<ArrayBuffer>>(128).fill(part)));
  const read = async (): Promise<number> => {
    let bytes = 0;
    await forEachView(source.open(), (view) => void (bytes += view.length));
    return bytes;
  };
  await collectingMeanwhile(async () => {
    for (let n = 0; n < 10; n++) expect(await read()).toBe(source.size);
  });
}, 30_000);
