import { expect, it } from 'vitest';
import { beginRemoval, removeImages } from '../../../src/image/removal/removal';
import { planRemoval } from '../../../src/image/removal/removal-plan';
import { checkTarget, tagImage } from '../../../src/image/tag';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openIdbStore } from '../../../src/store/idb/open-idb-store';
import type { Store } from '../../../src/store/store';
import { databaseNames } from '../../support/idb-names';
import { stateOf, storeImage } from '../../support/stored-images';

const freshName = databaseNames();
const variants = [{ config: 'web', layers: ['base', 'app'] }];
const request = { words: ['web:1'], platform: DEFAULT_PLATFORM };

/** Two tabs over a store with one image. */
async function twoTabs(): Promise<{ here: Store; there: Store; close: () => void }> {
  const name = freshName();
  const [here, there] = [await openIdbStore({ name }), await openIdbStore({ name })];
  await storeImage(here, { variants, names: ['docker.io/library/web:1'] });
  return {
    here,
    there,
    close: () => {
      here.close();
      there.close();
    },
  };
}

it('a removal that can be undone keeps its bytes from the sweep of another tab', async () => {
  const { here, there, close } = await twoTabs();
  const before = await stateOf(there);
  const pending = await beginRemoval(here, await planRemoval(here, request));
  expect(await stateOf(there)).toMatchObject({ refs: [], images: [], blobs: before.blobs });
  expect(await there.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
  expect(await pending.undo()).toEqual([]);
  await there.collectGarbage();
  expect(await stateOf(there)).toEqual(before);
  close();
});

it('what a killed tab offered to undo is removed, and its bytes go with the next sweep', async () => {
  const { here, there, close } = await twoTabs();
  const { plan } = await beginRemoval(here, await planRemoval(here, request));
  here.close();
  expect(await there.collectGarbage()).toMatchObject({ bytes: plan.freed.bytes });
  expect((await stateOf(there)).blobs.size).toBe(0);
  close();
});

it('tabs that tag and remove the same image at once leave every name with its image', async () => {
  const { here, there, close } = await twoTabs();
  const tag = (store: Store, target: string): Promise<unknown> => {
    const options = { platform: DEFAULT_PLATFORM, now: Date.now };
    return tagImage(store, { source: 'web:1', target: checkTarget(target), ...options });
  };
  await Promise.allSettled([
    tag(here, 'one'),
    removeImages(there, { ...request, words: ['web:1', 'one'] }),
    tag(there, 'two'),
    removeImages(here, { ...request, words: ['two', 'web:1'] }),
  ]);
  const { images, blobs } = await stateOf(here);
  const stored = new Set(images.map(({ target }) => target.digest));
  for await (const { target } of here.refs.list()) expect(stored).toContain(target.digest);
  for (const digest of images.flatMap((image) => image.blobs)) expect(blobs.has(digest)).toBe(true);
  close();
});
