import { expect, it } from 'vitest';
import { freedBytes } from '../../../src/app/actions/freed-bytes';
import { storedRow } from '../../../src/app/library/library-row';
import { listImages } from '../../../src/image/image-list';
import { removeImages } from '../../../src/image/removal/removal';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { storeImage } from '../../support/stored-images';

const platform = { os: 'linux', architecture: 'amd64' };

it('is what a removal frees, documents and all, though every layer stays', async () => {
  const store = await openMemoryStore();
  await storeImage(store, {
    variants: [{ config: 'a', layers: ['shared', 'own'] }],
    names: ['docker.io/library/a:1'],
  });
  await storeImage(store, {
    variants: [{ config: 'b', layers: ['shared'] }],
    names: ['docker.io/library/b:1'],
  });
  const images = await listImages(store, platform);
  const rows = images.map((image) => storedRow(image, new Map()));
  const [b] = rows.filter(({ names }) => names[0]?.text === 'b:1');
  if (!b) throw new Error('there is no b');
  const told = (await freedBytes([b], { store, platform })) ?? Number.NaN;
  expect(await freedBytes(rows, { store, platform })).toBeGreaterThan(told);
  const { freed } = await removeImages(store, { words: ['b:1'], platform });
  expect(told).toBe(freed.bytes);
  expect(told).toBeGreaterThan(0);
  expect(await freedBytes([], { store, platform })).toBe(0);
});

it('is nothing where another name stays', async () => {
  const store = await openMemoryStore();
  const names = ['docker.io/library/a:1', 'docker.io/library/a:2'];
  await storeImage(store, { variants: [{ config: 'a', layers: ['own'] }], names });
  const images = await listImages(store, platform);
  const rows = images.map((image) => storedRow(image, new Map()));
  expect(await freedBytes(rows, { store, platform })).toBe(0);
});

it('is not known, and rejects nothing, where the store cannot be read', async () => {
  const store = await openMemoryStore();
  const unreadable = { list: () => never(), get: () => Promise.reject(new Error('gone')) };
  const closed = { refs: store.refs, content: store.content, images: unreadable };
  expect(await freedBytes([], { store: closed, platform })).toBeUndefined();
});

// eslint-disable-next-line require-yield -- it fails before there is anything to give
async function* never(): AsyncGenerator<never> {
  await Promise.reject(new Error('the connection is lost'));
}
