import { expect, it } from 'vitest';
import { listImages, summaryOf } from '../../../src/image/image-list';
import { DEFAULT_PLATFORM, formatPlatform } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { environmentOf, run } from '../../support/fixture-store';

/** Platforms of the image with the most of them: those that are here, and those that are not. */
async function platformsOf({ store }: ReturnType<typeof environmentOf>) {
  const images = await listImages(store, DEFAULT_PLATFORM);
  const root = images.find(({ names }) => names.length === 2)?.roots[0];
  if (!root) throw new Error('the image is not here');
  const { platforms, absent } = summaryOf(root);
  return [platforms, absent].map((each) => each.map(({ platform }) => formatPlatform(platform)));
}

it('loads one platform alone, and later the others beside it', async () => {
  const environment = environmentOf(await openMemoryStore());
  const load = (words: string) =>
    run(environment, `docker load ${words} -i multi.tar`, { files: FIXTURE_FILES });
  await load('--platform arm64');
  expect(await platformsOf(environment)).toEqual([
    ['linux/arm64/v8'],
    ['linux/arm/v7', 'linux/amd64'],
  ]);
  expect((await run(environment, 'drydock files multi')).stderr).toBe(
    'multi is not here for linux/amd64; this is linux/arm64/v8\n',
  );
  const again = await load('');
  expect(again.stdout).not.toContain('renaming');
  expect(await platformsOf(environment)).toEqual([
    ['linux/amd64', 'linux/arm64/v8'],
    ['linux/arm/v7'],
  ]);
  expect((await run(environment, 'drydock verify')).exitCode).toBe(0);
});
