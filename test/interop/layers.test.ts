import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { Drydock } from './drydock';
import { layerEntries } from './masks';
import { inTemporaryFolder } from './samples/image-makers';
import { readSavedImage } from './samples/saved-image';
import { listTar } from './tar-listing';

const folder = inject('sampleFolder');
const haveSamples = inject('samples').length > 0;
const plain = ['docker-save', 'podman-docker-archive', 'buildah-docker-archive'];

describe.each(plain)('%s', (name) => {
  test.runIf(haveSamples)('every layer lists what the system’s tar lists', async () => {
    const file = join(folder, `${name}.tar`);
    const drydock = await Drydock.open();
    const files = { 'image.tar': await openAsBlob(file) };
    await drydock.run('docker load -i image.tar', { files });
    const { layers, tags } = await readSavedImage(file);
    for (const [n, layer] of layers.entries()) {
      const theirs = await inTemporaryFolder(async (temporary) => {
        const path = join(temporary, 'layer.tar');
        await writeFile(path, layer);
        return layerEntries(await listTar(path));
      });
      const ours = await drydock.files(`${tags[0] ?? ''} --layer ${n}`);
      expect(ours, `layer ${n}`).toEqual(theirs);
    }
  });
});
