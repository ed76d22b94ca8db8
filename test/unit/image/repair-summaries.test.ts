import { beforeEach, expect, test } from 'vitest';
import type { CommandEnvironment } from '../../../src/commands/command';
import { listImages } from '../../../src/image/image-list';
import { repairSummaries } from '../../../src/image/repair-summaries';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { ImageRoot } from '../../../src/store/metadata-store';
import { all } from '../../support/blobs';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { environmentOf, run } from '../../support/fixture-store';

let environment: CommandEnvironment;

const roots = (): Promise<readonly ImageRoot[]> => all(environment.store.images.list());
const listed = () => listImages(environment.store, DEFAULT_PLATFORM);
const repair = () => repairSummaries(environment);

/** Images, one of them for several platforms, whose summaries are then of no version that is known. */
beforeEach(async () => {
  environment = environmentOf(await openMemoryStore());
  for (const name of ['fixture.tar', 'multi.tar']) {
    await run(environment, `docker load -i ${name}`, { files: FIXTURE_FILES });
  }
});

async function damageSummaries(): Promise<void> {
  const putImages = (await roots()).map((root) => ({ ...root, summary: { version: 9 } }));
  await environment.store.commit({ putImages });
}

test('summaries are made anew from what is stored, equal to those that were lost', async () => {
  const before = await listed();
  await damageSummaries();
  expect(await listed()).toEqual([]);
  await repair();
  expect(await listed()).toEqual(before);
});

test('a layer whose index is lost as well is read again', async () => {
  const before = await listed();
  await damageSummaries();
  for (const diffId of await all(environment.store.indexes.list())) {
    await environment.store.indexes.delete(diffId);
  }
  await repair();
  expect(await listed()).toEqual(before);
});

test('verify tells of a summary that cannot be read', async () => {
  await damageSummaries();
  const { exitCode, stdout } = await run(environment, 'drydock verify --format json');
  expect(exitCode).toBe(1);
  const { problems } = JSON.parse(stdout) as { problems: { reason: string }[] };
  expect(problems).toHaveLength((await roots()).length);
  expect(problems[0]?.reason).toMatch(/cannot be read/);
  await repair();
  expect((await run(environment, 'drydock verify')).exitCode).toBe(0);
});

test('an image whose configuration is lost, too, is listed as far as it is known, and can be removed', async () => {
  const web = (await listed()).find(({ names }) => names.includes('docker.io/library/web:1.27'));
  const count = (await listed()).length;
  await damageSummaries();
  await environment.store.content.delete(web!.imageId);
  await repair();
  expect(await listed()).toHaveLength(count);
  expect(await environment.store.problems()).toMatchObject([
    { digest: web!.imageId, reason: 'missing' },
  ]);
  const { stdout } = await run(environment, `docker images web --format '{{.Tag}} {{.Size}}'`);
  expect(stdout).toBe('1.27 0B\nlatest 0B\n');
  const removed = await run(environment, 'docker rmi web:1.27 web:latest ghcr.io/acme/web:1');
  expect(removed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await listed()).toHaveLength(count - 1);
});

test('an image that was removed meanwhile does not come back', async () => {
  await damageSummaries();
  const [first, ...others] = await roots();
  const open = environment.store.content.open.bind(environment.store.content);
  let isRemoved = false;
  environment.store.content.open = async (digest) => {
    if (!isRemoved) {
      isRemoved = true;
      const deleteRefs = (await all(environment.store.refs.list()))
        .filter(({ target }) => target.digest === first!.target.digest)
        .map(({ name }) => name);
      await environment.store.commit({ deleteRefs, deleteImages: [first!.target.digest] });
    }
    return open(digest);
  };
  await repair();
  expect(await roots()).toHaveLength(others.length);
});
