import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeDockerArchive } from './docker-archive.mjs';
import { canRunEngine, withEngine } from './engine.mjs';
import { writeManyEntries } from './many-entries.mjs';
import { shell } from './program.mjs';
import { noise, TreeLayers, writeSmall, writeSources } from './tree-layers.mjs';
import { writeFile } from 'node:fs/promises';

const MIB = 1024 * 1024;
export const CACHE = resolve('.cache/bench');
export const TAG = 'bench.test/image:1';

/** Makes a file once. It appears under its name when it is whole. */
async function once(name, make) {
  mkdirSync(CACHE, { recursive: true });
  const file = join(CACHE, name);
  if (existsSync(file)) return file;
  console.log(`making ${file} …`);
  const making = `${file}.making`;
  rmSync(making, { recursive: true, force: true });
  await make(making);
  renameSync(making, file);
  return file;
}

/** About 1 GB as `docker save` writes it: seven layers, more than 20,000 entries. Saved by an engine where one runs here, else composed. */
export function dockerSave() {
  return once('image.tar', async (file) => {
    const layer = (n) => `${file}.layer-${n}`;
    const trees = new TreeLayers();
    await trees.write(layer(0), { bytes: 475 * MIB });
    await writeSmall(layer(1), 'one');
    await trees.write(layer(2), { bytes: 315 * MIB, largest: 4 * MIB, entries: 8000 });
    await writeSources(layer(3), 6000);
    await trees.write(layer(4), { bytes: 160 * MIB, largest: MIB, entries: 7000 });
    await writeSmall(layer(5), 'two');
    await writeSmall(layer(6), 'three');
    await writeDockerArchive(file, [0, 1, 2, 3, 4, 5, 6].map(layer), TAG);
    if (canRunEngine()) await saveAgain(file);
  });
}

/** Has the engine load the composed archive and save it in its own way. */
async function saveAgain(file) {
  await withEngine(async (host) => {
    await shell('docker -H "$1" load -q -i "$2"', host, file);
    await shell('docker -H "$1" save -o "$2.saved" "$3" && mv "$2.saved" "$2"', host, file, TAG);
  });
}

/** The same image as an OCI layout of gzip layers. */
export function ociGzip(image) {
  const copy = 'skopeo --insecure-policy copy -q "docker-archive:$1" "oci-archive:$2:$3"';
  return once('image-oci.tar', (file) => shell(copy, image, file, TAG));
}

/** One layer of 300,000 entries. */
export function manyEntries() {
  return once('many-entries.tar', async (file) => {
    const layer = `${file}.layer`;
    await writeManyEntries(layer, 300_000);
    await writeDockerArchive(file, [layer], 'bench.test/many:1');
  });
}

/** 4 GB in eight layers of files of 32 MiB. */
export function large() {
  return once('large.tar', async (file) => {
    const layers = [];
    for (let n = 0; n < 8; n++) {
      const folder = `${file}.tree`;
      mkdirSync(join(folder, `data-${n}`), { recursive: true });
      for (let part = 0; part < 16; part++) {
        await writeFile(join(folder, `data-${n}`, `${part}.bin`), noise(32 * MIB, n * 16 + part));
      }
      const layer = `${file}.layer-${n}`;
      await shell('tar --mtime=@1700000000 -cf "$1" -C "$2" .; rm -r "$2"', layer, folder);
      layers.push(layer);
    }
    await writeDockerArchive(file, layers, 'bench.test/large:1');
  });
}
