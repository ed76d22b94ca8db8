import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { sortTies } from './masks';
import { exportsTheSame } from './same-export';
import { inTemporaryFolder } from './samples/image-makers';
import { compressedBy } from './samples/layer-encodings';
import { sha256 } from './samples/staged-archive';

const haveEngine = inject('samples').length > 0;
const ITEMS: readonly TarItem[] = [{ path: 'app/' }, { path: 'app/first', content: 'one\n' }];

describe.runIf(haveEngine)('docker load, as a live engine does it', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start();
  });
  afterAll(() => engine.stop());

  /** Loads into both, into the engine the same archive in another form where there is one; what the engine printed, if it took it. */
  async function loadBoth(drydock: Drydock, archive: Uint8Array, forEngine = archive) {
    const files = { 'image.tar': new File([new Uint8Array(archive)], 'image.tar') };
    const ours = await drydock.run('docker load -i image.tar', { files });
    const theirs = await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'image.tar'), forEngine);
      return engine.docker(['load', '-i', join(folder, 'image.tar')]);
    });
    return { ours, theirs: { exitCode: theirs.exitCode, stdout: theirs.stdout.toString() } };
  }

  test('a tag that moves leaves the old image without a name, which is said', async () => {
    const drydock = await Drydock.open();
    const older = ArchiveDraft.ofLayer(tarOf(ITEMS)).bytes();
    const newer = ArchiveDraft.ofLayer(tarOf([{ path: 'newer', content: 'x' }])).bytes();
    await loadBoth(drydock, older);
    const { ours, theirs } = await loadBoth(drydock, newer);
    expect(ours.stdout).toContain('The image good:1 already exists, renaming the old one with ID');
    expect(ours).toMatchObject(theirs);
    const listed = await drydock.run('docker images --no-trunc');
    // Neither has a time.
    const sort = (text: string): string[] => sortTies(text, () => 0);
    expect(sort(listed.stdout)).toEqual(sort(await engine.must(['images', '--no-trunc'])));
    await engine.must(['image', 'prune', '--all', '--force']);
  });

  test.each(['xz', 'bzip2', 'gzip'])('a layer packed by %s', async (program) => {
    const tar = tarOf(ITEMS);
    const packed = await compressedBy(program, tar);
    const archive = ArchiveDraft.ofLayer(packed, sha256(Buffer.from(tar))).bytes();
    await exportsTheSame(engine, archive);
  });

  test.each(['gzip', 'bzip2', 'xz', 'zstd'])('an archive packed by %s', async (program) => {
    const archive = ArchiveDraft.ofLayer(tarOf(ITEMS)).bytes();
    const packed = await compressedBy(program, archive);
    const drydock = await Drydock.open();
    // Engines before 23 do not know zstd: this one is shown what is in it.
    const { ours, theirs } = await loadBoth(drydock, packed, program === 'zstd' ? archive : packed);
    expect(ours).toMatchObject(theirs);
    expect(ours.exitCode).toBe(0);
    const listed = await drydock.run('docker images --no-trunc -q');
    expect(listed.stdout).toBe(await engine.must(['images', '--no-trunc', '-q']));
    await engine.must(['image', 'prune', '--all', '--force']);
    const cut = {
      'cut.tar': new File([new Uint8Array(packed.subarray(0, packed.length * 0.6))], 'cut.tar'),
    };
    const broken = await (await Drydock.open()).run('docker load -i cut.tar', { files: cut });
    expect(broken).toMatchObject({ exitCode: 1, stdout: '' });
    expect(broken.stderr).toMatch(/^[^\n]*cut\.tar[^\n]*\n$/);
  });

  test('a layer that is a link to nothing is refused', async () => {
    const drydock = await Drydock.open();
    const link = { path: '0/layer.tar', linkname: '../2/layer.tar' };
    const { ours, theirs } = await loadBoth(drydock, ArchiveDraft.good().set(link).bytes());
    expect(theirs.exitCode).toBe(1);
    expect(ours).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ours.stderr).toMatch(/^layer 0 \(0\/layer\.tar\) is not in image\.tar\.\n$/);
  });
});
