import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Drydock } from './drydock';
import type { Engine } from './engine';
import { inTemporaryFolder } from './samples/image-makers';
import { listTar } from './tar-listing';

/** Loads an archive of the image `good:1` into Drydock and into an engine: the files must be the same. */
export async function exportsTheSame(engine: Engine, archive: Uint8Array): Promise<void> {
  const drydock = await Drydock.open();
  const files = { 'image.tar': new Blob([new Uint8Array(archive)]) };
  expect(await drydock.run('docker load -i image.tar', { files })).toMatchObject({ exitCode: 0 });
  const theirs = await exported(engine, archive);
  const ours = (await drydock.files('good:1')).map(({ path, type, linkname, size }) => ({
    path,
    type,
    linkname,
    size,
  }));
  expect(ours).toEqual(theirs.filter(({ path }) => ours.some((our) => our.path === path)));
  expect(theirs.length - ours.length).toBe(theirs.filter(({ path }) => isMade(path)).length);
}

/** What an engine puts into every container. */
function isMade(path: string): boolean {
  return path === '.dockerenv' || /^(?:dev|etc|proc|sys)(?:\/|$)/.test(path);
}

/** A container's files, hardlinks as what they link to. */
async function exported(engine: Engine, archive: Uint8Array) {
  return inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'image.tar'), archive);
    await engine.must(['load', '-i', join(folder, 'image.tar')]);
    const container = (await engine.must(['create', 'good:1', 'x'])).trim();
    await engine.must(['export', '-o', join(folder, 'out.tar'), container]);
    await engine.must(['rm', container]);
    await engine.must(['rmi', 'good:1']);
    const listed = (await listTar(join(folder, 'out.tar'))).filter(({ path }) => path !== '');
    const byPath = new Map(listed.map((entry) => [entry.path, entry]));
    return listed
      .map(({ path, type, linkname, size }) => {
        const target = type === 'hardlink' ? byPath.get(linkname) : undefined;
        return target
          ? { path, type: target.type, linkname: '', size: target.size }
          : { path, type, linkname, size };
      })
      .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  });
}
