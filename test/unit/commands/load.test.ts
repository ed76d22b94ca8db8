import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { all } from '../../support/blobs';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { environmentOf, fixtureEnvironment, run } from '../../support/fixture-store';

const empty = async () => environmentOf(await openMemoryStore());

describe('docker load', () => {
  it.each([
    'docker load -i fixture.tar',
    'docker load < fixture.tar',
    'docker image load -qi=fixture.tar',
  ])('%s names what it loaded, and the IDs where the last image has no name', async (line) => {
    const { stdout, stderr, exitCode } = await run(await empty(), line, { files: FIXTURE_FILES });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout.split('\n').slice(0, 7)).toEqual([
      'Loaded image: web:1.27',
      'Loaded image: web:latest',
      'Loaded image: ghcr.io/acme/web:1',
      'Loaded image: acme/api:v2',
      'Loaded image: bare:latest',
      'Loaded image: localhost:5000/old/bazel:nightly',
      'Loaded image ID: sha256:0816bb94e98733e1da358a67d5b0b35d276b3d5f590d10adcbe4b667be9c6dbf',
    ]);
  });

  it.each([
    ['docker load', 'requested load from stdin, but stdin is empty\n'],
    ['docker load -i nope.tar', 'open nope.tar: no such file or directory\n'],
    ['docker load < nope.tar', 'open nope.tar: no such file or directory\n'],
  ])('%s ends with what is missing', async (line, stderr) => {
    expect(await run(await empty(), line)).toMatchObject({ exitCode: 1, stdout: '', stderr });
  });

  it('says in one line what is wrong with a file, and stores nothing of it', async () => {
    const environment = await empty();
    const whole = await FIXTURE_FILES['fixture.tar']!.arrayBuffer();
    const cut = new Blob([whole.slice(0, whole.byteLength / 2)]);
    for (const blob of [new Blob(['no archive']), cut, new Blob([])]) {
      const { exitCode, stdout, stderr } = await run(environment, 'docker load -i x.tar', {
        files: { 'x.tar': blob },
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^[^\n]*x\.tar[^\n]*\n$/);
      expect(await all(environment.store.images.list())).toEqual([]);
    }
  });

  it('that is cancelled ends with 130 and leaves nothing', async () => {
    const environment = await empty();
    const controller = new AbortController();
    const result = run(environment, 'docker load -i fixture.tar', {
      files: FIXTURE_FILES,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect(await result).toMatchObject({ exitCode: 130, stderr: '', files: {} });
    expect(await all(environment.store.images.list())).toEqual([]);
  });

  it('says which image loses a name to a loaded one, once, before it names what it loaded', async () => {
    const environment = await fixtureEnvironment();
    const id = (await run(environment, 'docker images -q --no-trunc acme/api:v2')).stdout.trim();
    await run(environment, 'docker tag acme/api:v2 web:1.27');
    const load = 'docker load -i fixture.tar';
    const first = await run(environment, load, { files: FIXTURE_FILES });
    expect(first.stdout.split('\n').slice(0, 2)).toEqual([
      `The image web:1.27 already exists, renaming the old one with ID ${id} to empty string`,
      'Loaded image: web:1.27',
    ]);
    const second = await run(environment, load, { files: FIXTURE_FILES });
    expect(second.stdout).not.toContain('renaming the old one');
  });

  it('twice is the same as once', async () => {
    const environment = await fixtureEnvironment();
    const before = await run(environment, 'docker images --no-trunc');
    await run(environment, 'docker load -i fixture.tar', { files: FIXTURE_FILES });
    expect(await run(environment, 'docker images --no-trunc')).toEqual(before);
  });
});
