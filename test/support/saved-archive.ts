import { saveImages, type SaveOptions, type SaveParts } from '../../src/archive/write/save-images';
import type { ImageToSave } from '../../src/archive/write/image-to-save';
import type { SaveNote } from '../../src/archive/write/save-notes';
import { bytesSource } from '../../src/base/byte-source';
import { scanTar } from '../../src/codec/tar/scan-tar';
import { createEncodeLayer } from '../../src/layer/encode-layer';
import { DEFAULT_PLATFORM } from '../../src/oci/platform';
import { parseReference } from '../../src/oci/reference';
import type { Store } from '../../src/store/store';
import { all } from './blobs';

/** An archive that was saved, as its bytes and as its files. */
export interface SavedFiles {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly notes: readonly SaveNote[];
  readonly paths: readonly string[];
  text(path: string): string;
  json(path: string): unknown;
  file(path: string): Uint8Array<ArrayBuffer>;
}

/** Every image of a store under all its names, in the order of the store. */
export async function allToSave({ images, refs }: Store): Promise<readonly ImageToSave[]> {
  const named = await all(refs.list());
  return (await all(images.list())).map((root) => ({
    root,
    names: named
      .filter(({ target }) => target.digest === root.target.digest)
      .map(({ name }) => parseReference(name)),
  }));
}

export function partsOf(store: Store): SaveParts {
  return { store, encodeLayer: createEncodeLayer(store.content), platform: DEFAULT_PLATFORM };
}

/** Saves images of a store, all of them where none are given. */
export async function saveFrom(
  store: Store,
  options: SaveOptions = {},
  images?: readonly ImageToSave[],
): Promise<SavedFiles> {
  const archive = await saveImages(images ?? (await allToSave(store)), partsOf(store), options);
  const bytes = new Uint8Array(await archive.blob.arrayBuffer());
  await archive.release();
  return { ...(await readTar(bytes)), notes: archive.notes };
}

async function readTar(bytes: Uint8Array<ArrayBuffer>): Promise<Omit<SavedFiles, 'notes'>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  await scanTar(bytesSource(bytes), ({ path, contentOffset, storedSize }) => {
    const content = bytes.slice(contentOffset, contentOffset + storedSize);
    files.set(new TextDecoder().decode(path), content);
  });
  const file = (path: string): Uint8Array<ArrayBuffer> => {
    const content = files.get(path);
    if (!content) throw new RangeError(`there is no ${path} in ${[...files.keys()].join(', ')}`);
    return content;
  };
  const text = (path: string): string => new TextDecoder().decode(file(path));
  return {
    bytes,
    paths: [...files.keys()],
    file,
    text,
    json: (path): unknown => JSON.parse(text(path)),
  };
}
