import { describe, expect, it } from 'vitest';
import type { CommandEnvironment } from '../../../src/commands/command';
import type { RunResult } from '../../../src/commands/run-command-line';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { fixtureEnvironment, run } from '../../support/fixture-store';

const CHANGES = [
  'docker rmi bare',
  'docker tag bare acme/bare:2',
  'docker image prune -af --filter until=1s',
  'docker import rootfs.tar imported',
  'docker load -i other.tar',
];

/** Runs a line that is aborted as soon as it has changed the store. */
async function abortedAfterCommit(
  environment: CommandEnvironment,
  line: string,
): Promise<RunResult> {
  const controller = new AbortController();
  const { store } = environment;
  const commit = store.commit.bind(store);
  store.commit = async (change) => {
    await commit(change);
    controller.abort();
  };
  return run(environment, line, {
    files: { ...FIXTURE_FILES, 'other.tar': await otherArchive() },
    signal: controller.signal,
  });
}

/** An archive of an image that the fixture has not got. */
async function otherArchive(): Promise<Blob> {
  const environment = await fixtureEnvironment();
  const files = FIXTURE_FILES;
  await run(environment, 'docker import rootfs.tar acme/other:1', { files });
  const saved = await run(environment, 'docker save -o other.tar acme/other:1');
  return saved.files['other.tar'] ?? new Blob();
}

const listing = async (environment: CommandEnvironment) =>
  (await run(environment, 'docker images -a --no-trunc')).stdout;

describe('a command that is aborted', () => {
  it.each(CHANGES)('%s: once it has changed the store ends as if it were not', async (line) => {
    const environment = await fixtureEnvironment();
    const before = await listing(environment);
    const { exitCode, stderr } = await abortedAfterCommit(environment, line);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await listing(environment)).not.toBe(before);
    expect((await run(environment, 'drydock verify')).exitCode).toBe(0);
  });

  it.each(CHANGES)('%s: before it begins ends with 130, nothing changed', async (line) => {
    const environment = await fixtureEnvironment();
    const before = await listing(environment);
    const files = { ...FIXTURE_FILES, 'other.tar': await otherArchive() };
    const result = await run(environment, line, { files, signal: AbortSignal.abort() });
    expect(result).toEqual({ exitCode: 130, stdout: '', stderr: '', files: {} });
    expect(await listing(environment)).toBe(before);
  });
});
