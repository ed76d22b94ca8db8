import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../../src/oci/digest';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { buildImage, docker110 } from '../../support/archive-builder';
import { store } from '../../support/blobs';
import { environmentOf, fixtureEnvironment, run } from '../../support/fixture-store';
import { tarOf } from '../../support/tar-builder';

interface Entry {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly whiteout: boolean;
}

const entriesOf = (stdout: string) => JSON.parse(stdout) as readonly Entry[];

describe('drydock files', () => {
  it('lists the final filesystem, sorted, with every member of the scripting surface', async () => {
    const { stdout, exitCode } = await run(
      await fixtureEnvironment(),
      'drydock files web --format json',
    );
    expect(exitCode).toBe(0);
    expect(entriesOf(stdout).map(({ path }) => path)).toEqual([
      'app',
      'app/main.js',
      'bin',
      'bin/sh',
      'etc',
      'etc/motd',
    ]);
    expect(Object.keys(entriesOf(stdout)[0]!)).toEqual([
      'path',
      'type',
      'mode',
      'uid',
      'gid',
      'size',
      'mtime',
      'linkname',
      'whiteout',
    ]);
  });

  it('lists one layer with its whiteouts', async () => {
    const { stdout } = await run(
      await fixtureEnvironment(),
      'drydock files web --layer 2 --format=json',
    );
    expect(entriesOf(stdout)).toMatchObject([
      { path: 'etc/motd', type: 'file', size: 8, whiteout: false },
      { path: 'etc/os-release', type: 'file', size: 0, whiteout: true },
    ]);
  });

  it('prints a table for people', async () => {
    const { stdout } = await run(await fixtureEnvironment(), 'drydock files --layer 2 web');
    expect(stdout.split('\n')[0]).toMatch(/^MODE +OWNER +SIZE +MODIFIED +PATH$/);
    expect(stdout).toContain('-rw-r--r--  0:0    8     2023-11-14 22:13  etc/motd\n');
    expect(stdout).toContain('etc/os-release (deleted)\n');
  });

  it('says on stderr which platform it shows where the usual one is not here', async () => {
    const environment = await fixtureEnvironment();
    expect(await run(environment, 'drydock files acme/api:v2')).toMatchObject({
      exitCode: 0,
      stderr: 'acme/api:v2 is not here for linux/amd64; this is linux/arm64\n',
    });
    expect(
      await run(environment, 'drydock files --platform linux/arm64 acme/api:v2'),
    ).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run(environment, 'drydock files --platform linux/s390x web')).toMatchObject({
      exitCode: 1,
      stderr:
        'image with reference web was found but does not provide the specified platform (linux/s390x)\n',
    });
  });

  it.each([
    ['drydock files nope', 1, 'Error: No such image: nope:latest\n'],
    ['drydock files web --layer 3', 1, 'no layer "3": there are 0 to 2\n'],
    ['drydock files web --layer x', 1, 'no layer "x": there are 0 to 2\n'],
    [
      'drydock files web --format xml',
      1,
      'unknown format: "xml": must be one of "table", "json"\n',
    ],
    ['drydock files web --platform a/b/c/d', 1, 'invalid platform: "a/b/c/d"\n'],
    [
      'drydock files',
      1,
      "drydock: 'drydock files' requires 1 argument\n\nUsage:  drydock files [OPTIONS] IMAGE\n\nRun 'drydock files --help' for more information\n",
    ],
    [
      'drydock files --nope web',
      125,
      "unknown flag: --nope\n\nUsage:  drydock files [OPTIONS] IMAGE\n\nRun 'drydock files --help' for more information\n",
    ],
    [
      'drydock nope',
      1,
      "drydock: unknown command: drydock nope\n\nRun 'drydock --help' for more information\n",
    ],
  ])('%s ends with %i and says why', async (line, exitCode, stderr) => {
    expect(await run(await fixtureEnvironment(), line)).toMatchObject({
      exitCode,
      stderr,
      stdout: '',
    });
  });

  it('reads a layer anew whose index is lost or damaged', async () => {
    const environment = await fixtureEnvironment();
    const line = 'drydock files web --format json';
    const whole = await run(environment, line);
    for await (const diffId of environment.store.indexes.list()) {
      await store(environment.store.content, 'any', { diffId, bytes: new ArrayBuffer(16) });
    }
    expect(await run(environment, line)).toEqual(whole);
    for await (const diffId of environment.store.indexes.list()) {
      await environment.store.indexes.delete(diffId);
    }
    expect(await run(environment, line)).toEqual(whole);
  });
});

describe('links that lead in rings', () => {
  const items = [
    { path: 'a', linkname: 'b' },
    { path: 'b', linkname: 'a' },
    { path: 'self', linkname: 'self/x' },
    { path: 'c', type: 'hardlink', linkname: 'd' },
    { path: 'd', type: 'hardlink', linkname: 'c' },
  ] as const;

  it('are listed as they are, and cannot be read', async () => {
    const environment = environmentOf(await openMemoryStore());
    const archive = tarOf(docker110([buildImage({ tags: ['rings:1'], layers: [items] })]));
    const files = { 'rings.tar': new Blob([archive]) };
    expect(await run(environment, 'docker load -i rings.tar', { files })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const { stdout } = await run(environment, 'drydock files rings:1 --format json');
    expect(entriesOf(stdout).map(({ path, type }) => `${path} ${type}`)).toEqual([
      'a symlink',
      'b symlink',
      'c hardlink',
      'd hardlink',
      'self symlink',
    ]);
    for (const path of ['a', 'b', 'self', 'self/x', 'c', 'd']) {
      for (const layer of ['', '--layer 0 ']) {
        const read = await run(environment, `drydock cat ${layer}rings:1 ${path}`);
        expect(read).toMatchObject({ exitCode: 1, stdout: '' });
        expect(read.stderr).toMatch(/^[^\n]+\n$/);
        expect(read.stderr).toContain(path);
      }
    }
  });
});

describe('drydock cat', () => {
  it('prints a file of the final filesystem, however its path is written', async () => {
    const environment = await fixtureEnvironment();
    for (const path of ['etc/motd', '/etc/motd', './app/../etc//motd']) {
      expect(await run(environment, `drydock cat web ${path}`)).toMatchObject({
        exitCode: 0,
        stdout: 'trimmed\n',
      });
    }
  });

  it('reads one layer alone, also what a higher one deletes', async () => {
    const environment = await fixtureEnvironment();
    expect(await run(environment, 'drydock cat --layer 0 web etc/os-release')).toMatchObject({
      stdout: 'NAME="Fixture"\n',
    });
    expect(await run(environment, 'drydock cat web etc/os-release')).toMatchObject({
      exitCode: 1,
      stderr: 'There is no "etc/os-release".\n',
    });
  });

  it('writes to a file that is named', async () => {
    const environment = await fixtureEnvironment();
    for (const line of ['drydock cat bare hello > x', 'drydock cat -o x bare hello']) {
      const { files, stdout } = await run(environment, line);
      expect(stdout).toBe('');
      expect(await files['x']?.text()).toBe('hello\n');
    }
  });

  it('says what is no file', async () => {
    expect(await run(await fixtureEnvironment(), 'drydock cat web etc')).toMatchObject({
      exitCode: 1,
      stderr: '"etc" is a directory, not a file.\n',
    });
  });

  it('does not print bytes that are no text', async () => {
    const environment = { ...(await fixtureEnvironment()) };
    const readContent = () => Promise.resolve(new Blob([Uint8Array.of(0xff, 0xfe)]));
    const binary = { ...environment, readContent };
    expect(await run(binary, 'drydock cat bare hello')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'cowardly refusing to save to a terminal. Use the -o flag or redirect\n',
    });
    const { files } = await run(binary, 'drydock cat bare hello > x');
    expect(files['x']?.size).toBe(2);
  });
});

describe('drydock verify', () => {
  it('finds nothing wrong with what was just loaded', async () => {
    const { stdout, exitCode } = await run(
      await fixtureEnvironment(),
      'drydock verify --format json',
    );
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as { readonly blobs: number; readonly bytes: number };
    expect(result).toMatchObject({ problems: [] });
    expect(result.blobs).toBeGreaterThan(9);
  });

  it('names what has changed and what is gone, and remembers it', async () => {
    const environment = await fixtureEnvironment();
    const base = 'sha256:bc42964e228859a791c268d14759749fe9a6e9a4ff12eb13660a04e929b73e25';
    const app = parseDigest(
      'sha256:e573df639e8b5e74cff7f4cec73574737fe87999b31860dbd3d1dcc2ced46b93',
    );
    await environment.store.content.delete(app);
    const flipped = {
      ...environment,
      hashBlob: async (...source: Parameters<typeof environment.hashBlob>) => {
        const digest = await environment.hashBlob(...source);
        return digest === base ? parseDigest(`sha256:${'0'.repeat(64)}`) : digest;
      },
    };
    const { stdout, exitCode } = await run(flipped, 'drydock verify web --format json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [
        { digest: app, reason: 'An image names this blob, and it is not stored.' },
        { digest: base, reason: `The stored bytes have the digest sha256:${'0'.repeat(64)}.` },
      ],
    });
    expect(await environment.store.problems()).toMatchObject([
      { digest: app, reason: 'missing' },
      { digest: base, reason: 'corrupt' },
    ]);
    const people = await run(flipped, 'drydock verify bare');
    expect(people).toMatchObject({ exitCode: 0 });
    expect(people.stdout).toContain(': no problems\n');
    expect(await environment.store.problems()).toHaveLength(2);
  });
});
