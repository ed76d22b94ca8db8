import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { createFile, type WritableFile } from '../../../src/app/actions/save-file';
import { equalBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { patternBytes } from '../../support/blobs';

const MiB = 1024 * 1024;
const origin = location.origin;

/** A folder of the origin's own file system, whose handles are those of the disk's but for the dialog, which headless browsers refuse. */
let folder: FileSystemDirectoryHandle;

beforeEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('save', { recursive: true }).catch(() => undefined);
  folder = await root.getDirectoryHandle('save', { create: true });
});

const noDownload = (): never => {
  throw new Error('the file was to be written, not downloaded');
};

/** The dialog in which a person takes the suggested name: it makes the file, as the browser's does. */
const choose = (name: string): Promise<WritableFile> =>
  folder.getFileHandle(name, { create: true });
const ways = { choose, download: noDownload };

async function names(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of folder.keys()) found.push(name);
  return found.sort();
}

async function read(name: string): Promise<Uint8Array> {
  const file = await (await folder.getFileHandle(name)).getFile();
  return new Uint8Array(await file.arrayBuffer());
}

/** A file that was there before, and old: what is saved over it must not harm it before it is whole. */
async function writeBefore(name: string, text: string): Promise<void> {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await stream.write(text);
  await stream.close();
}

const piece = patternBytes(MiB);
const pieceBlob = new Blob([piece]);
/** So many MiB that take no memory of their own. */
const blobOf = (size: number): Blob => new Blob(Array.from({ length: size }, () => pieceBlob));

describe('a file that is saved to disk', () => {
  it('is there whole, under the last part of its name, and its progress reaches the end', async () => {
    const seen: Progress[] = [];
    const file = await createFile(ways, 'out/app.tar');
    await file.write(blobOf(70), { onProgress: (progress) => seen.push(progress) });
    expect(await names()).toEqual(['app.tar']);
    const bytes = await read('app.tar');
    expect(bytes.length).toBe(70 * MiB);
    for (let at = 0; at < bytes.length; at += MiB) {
      expect(equalBytes(bytes.subarray(at, at + MiB), piece)).toBe(true);
    }
    expect(seen.at(-1)).toEqual({
      phase: 'write',
      done: 70 * MiB,
      total: 70 * MiB,
      unit: 'bytes',
      subject: 'app.tar',
    });
    expect(seen.length).toBeGreaterThan(1);
    await file.discard();
    expect(await names()).toEqual(['app.tar']);
  });

  it('of no bytes is a file all the same', async () => {
    await (await createFile(ways, 'empty')).write(new Blob([]));
    expect(await names()).toEqual(['empty']);
  });

  it('that is cancelled leaves nothing', async () => {
    const controller = new AbortController();
    const file = await createFile(ways, 'app.tar');
    const writing = file.write(blobOf(256), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
    expect(await names()).toEqual([]);
  });

  it('that is cancelled leaves the file as it was which it would have replaced', async () => {
    await writeBefore('app.tar', 'before');
    const controller = new AbortController();
    const file = await createFile(ways, 'app.tar');
    const writing = file.write(blobOf(64), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
    expect(new TextDecoder().decode(await read('app.tar'))).toBe('before');
  });

  it('that is not wanted after all leaves nothing', async () => {
    const file = await createFile(ways, 'app.tar');
    expect(await names()).toEqual(['app.tar']);
    await file.discard();
    await file.discard();
    expect(await names()).toEqual([]);
  });

  it('whose dialog is dismissed rejects as a cancelled task', async () => {
    const dismissed = () => Promise.reject(new DOMException('The user aborted.', 'AbortError'));
    const creating = createFile({ choose: dismissed, download: noDownload }, 'app.tar');
    await expect(creating).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a file that cannot be saved', () => {
  afterEach(() => cdp().send('Storage.overrideQuotaForOrigin', { origin }));

  it('for a full disk says so, and leaves nothing', async () => {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 40 * MiB });
    const file = await createFile(ways, 'app.tar');
    await expect(file.write(blobOf(96))).rejects.toMatchObject({
      code: 'disk-full',
      message: 'There is no room left for app.tar on its disk: nothing of it was saved.',
    });
    expect(await names()).toEqual([]);
  });

  it('as its folder was removed says so', async () => {
    const file = await createFile(ways, 'app.tar');
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('save', { recursive: true });
    await expect(file.write(blobOf(1))).rejects.toMatchObject({
      code: 'file-gone',
      message: expect.stringMatching(/^app\.tar can no longer be written: .* saved\.$/) as string,
    });
  });

  it('as the permission is taken back on the way says so, and leaves the file as it was', async () => {
    await writeBefore('app.tar', 'before');
    const file = await createFile({ choose: revocable, download: noDownload }, 'app.tar');
    await expect(file.write(blobOf(64))).rejects.toMatchObject({ code: 'file-gone' });
    expect(new TextDecoder().decode(await read('app.tar'))).toBe('before');
  });

  it.each([
    ['refuses to remove it', () => Promise.reject(new DOMException('', 'NotAllowedError'))],
    ['has no way to remove it', undefined],
  ])('says that an empty file may stay, where the browser %s', async (_, remove) => {
    const chosen = async (name: string): Promise<WritableFile> => ({
      ...(await revocable(name)),
      ...(remove && { remove }),
    });
    const file = await createFile({ choose: chosen, download: noDownload }, 'app.tar');
    await expect(file.write(blobOf(64))).rejects.toMatchObject({
      code: 'file-left',
      message: expect.stringMatching(
        /^app\.tar could not be saved: .* An empty file of that name may be left, [^.]*\.$/,
      ) as string,
    });
    expect((await read('app.tar')).length).toBe(0);
  });

  it('as the permission is taken back on the way leaves none that the browser removes', async () => {
    const chosen = async (name: string): Promise<WritableFile> => ({
      ...(await revocable(name)),
      remove: () => folder.removeEntry(name),
    });
    const file = await createFile({ choose: chosen, download: noDownload }, 'app.tar');
    await expect(file.write(blobOf(64))).rejects.toMatchObject({ code: 'file-gone' });
    expect(await names()).toEqual([]);
  });
});

/** A real file whose permission ends after the first step: a browser asks for it with every write. */
async function revocable(name: string): Promise<WritableFile> {
  const handle = await folder.getFileHandle(name, { create: true });
  return {
    name,
    getFile: () => handle.getFile(),
    createWritable: async () => {
      const stream = await handle.createWritable();
      let steps = 0;
      return {
        write: (data) =>
          steps++ === 0
            ? stream.write(data)
            : Promise.reject(new DOMException('Permission denied.', 'NotAllowedError')),
        close: () => stream.close(),
        abort: (reason) => stream.abort(reason),
      };
    },
  };
}

describe('without a file dialog', () => {
  it('or where the browser refuses it, a download takes the content', async () => {
    const downloads: string[] = [];
    const download = (name: string, content: Blob): void =>
      void downloads.push(`${name} ${content.size}`);
    const refused = () => Promise.reject(new DOMException('No gesture.', 'SecurityError'));
    for (const way of [
      { choose: undefined, download },
      { choose: refused, download },
    ]) {
      const file = await createFile(way, 'out/app.tar');
      await file.write(new Blob(['content']));
      await file.discard();
    }
    expect(downloads).toEqual(['app.tar 7', 'app.tar 7']);
  });

  it('a cancelled task downloads nothing', async () => {
    const file = await createFile({ choose: undefined, download: noDownload }, 'app.tar');
    const writing = () => file.write(new Blob(['x']), { signal: AbortSignal.abort() });
    await expect(async () => writing()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
