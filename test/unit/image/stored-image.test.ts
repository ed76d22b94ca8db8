import { expect, test } from 'vitest';
import { loadArchive } from '../../../src/archive/load';
import { openStoredImage } from '../../../src/image/stored-image';
import { parseManifest } from '../../../src/oci/manifest';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { buildImage, digestOf, docker110 } from '../../support/archive-builder';
import { readAll } from '../../support/blobs';
import { loadInto, openItems } from '../../support/load-environment';

test('a stored image gives its manifest, configuration and blobs as bytes', async () => {
  const store = await openMemoryStore();
  const image = buildImage();
  const { images } = await loadArchive(await openItems(docker110([image])), loadInto(store));
  const core = await openStoredImage(store.content, images[0]!.summary.platforms[0]!);
  const bytes = await core.rawManifest();
  expect(core.descriptor).toEqual(images[0]!.target);
  expect(digestOf(bytes)).toBe(core.descriptor.digest);
  expect(await core.rawConfig()).toEqual(image.config);
  const [base] = parseManifest(bytes).layers;
  expect(await readAll(await core.blob(base!))).toEqual(image.layers[0]);
});

test('a stored image whose manifest is gone is refused', async () => {
  const store = await openMemoryStore();
  const { images } = await loadArchive(await openItems(docker110([buildImage()])), loadInto(store));
  const platform = images[0]!.summary.platforms[0]!;
  await store.content.delete(platform.manifest);
  await expect(openStoredImage(store.content, platform)).rejects.toMatchObject({
    code: 'blob-missing',
  });
});
