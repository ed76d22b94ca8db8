import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { environmentOf, run } from '../../support/fixture-store';

const empty = async () => environmentOf(await openMemoryStore());

/** Formats of the blobs of the only image's layers, as the manifest has them. */
const layerTypes = async (environment: Awaited<ReturnType<typeof empty>>) => {
  for await (const { target } of environment.store.images.list()) {
    const { blob } = await environment.store.content.open(target.digest);
    const manifest = JSON.parse((await blob?.text()) ?? '') as { layers: { mediaType: string }[] };
    return manifest.layers.map(({ mediaType }) => mediaType.split('.').at(-1));
  }
  return [];
};

describe('docker import', () => {
  it.each([
    ['rootfs.tar', 'tar'],
    ['rootfs.tar.gz', 'tar+gzip'],
    ['rootfs.tar.zst', 'tar+zstd'],
    ['rootfs.tar.xz', 'tar'],
    ['rootfs.tar.bz2', 'tar'],
  ])('stores %s as one layer of a kind that manifests have a word for', async (name, type) => {
    const environment = await empty();
    const line = `docker import ${name} app`;
    const imported = await run(environment, line, { files: FIXTURE_FILES });
    expect(imported).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await layerTypes(environment)).toEqual([type]);
    expect((await run(environment, 'drydock cat app etc/motd')).stdout).toBe('hello\n');
    expect((await run(environment, 'drydock verify')).exitCode).toBe(0);
  });

  it('takes the name from an image that has it, which stays without one', async () => {
    const environment = await empty();
    for (const message of ['one', 'two']) {
      await run(environment, `docker import -m ${message} rootfs.tar app:1`, {
        files: FIXTURE_FILES,
      });
    }
    const { stdout } = await run(environment, `docker images --format '{{.Repository}}'`);
    expect(stdout.split('\n').sort()).toEqual(['', '<none>', 'app']);
  });

  it.each([
    ['empty.tar', new Blob([]), 'empty.tar is empty: it has no bytes at all.\n'],
    ['notes.txt', new Blob(['hello\n']), /^notes\.txt .*\n$/],
    [
      'cut.tar',
      FIXTURE_FILES['rootfs.tar']?.slice(0, 700) ?? new Blob([]),
      /^cut\.tar .*(?:ends|cut|truncated).*\n$/,
    ],
  ])('refuses %s with one sentence, and stores nothing', async (name, content, sentence) => {
    const environment = await empty();
    const refused = await run(environment, `docker import ${name} app`, {
      files: { [name]: content },
    });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(sentence);
    expect((await run(environment, 'docker images -aq')).stdout).toBe('');
  });

  it('fetches no URL and reads no terminal', async () => {
    const environment = await empty();
    expect(await run(environment, 'docker import https://example.com/a.tar')).toMatchObject({
      exitCode: 1,
      stderr:
        'https://example.com/a.tar is not fetched: Drydock imports files; download it, and import that\n',
    });
    expect(await run(environment, 'docker import -')).toMatchObject({
      exitCode: 1,
      stderr: 'requested import from stdin, but stdin is empty\n',
    });
  });
});
