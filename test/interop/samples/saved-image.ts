import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTemporaryFolder } from './image-makers';
import { succeed } from '../program';

/** One image taken out of a `docker save`: what every other archive of it is composed from. */
export interface SavedImage {
  readonly config: Buffer;
  /** Uncompressed layers, base first. */
  readonly layers: readonly Buffer[];
  readonly tags: readonly string[];
}

interface ManifestItem {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

/** Reads the first image of a `docker save` of engine 20.10. The system's tar does the unpacking. */
export function readSavedImage(file: string): Promise<SavedImage> {
  return inTemporaryFolder(async (folder) => {
    await succeed('tar', ['-xf', file, '-C', folder]);
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');
    const [item] = JSON.parse(manifest) as readonly ManifestItem[];
    if (item === undefined) throw new Error(`${file} holds no image`);
    return {
      config: await readFile(join(folder, item.Config)),
      layers: await Promise.all(item.Layers.map((path) => readFile(join(folder, path)))),
      tags: item.RepoTags ?? [],
    };
  });
}
