import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Engine } from './engine';
import { askEngine, type Answer, type EngineAnswers, type ImageAnswers } from './engine-answers';
import {
  imageEntries,
  listedEntries,
  maskInspect,
  maskParents,
  sortTies,
  withoutTimes,
} from './masks';
import { PageDrydock } from './page-drydock';

const folder = inject('sampleFolder');
const samples = inject('samples');

let engine: Engine;
let drydock: PageDrydock;

beforeAll(async () => {
  if (samples.length === 0) return;
  engine = await Engine.start();
  drydock = await PageDrydock.open();
});
afterAll(async () => {
  if (samples.length === 0) return;
  await drydock.close();
  await engine.stop();
});

test.runIf(samples.length > 0)('every sample is there, and what the engine loads for it', () => {
  for (const { name, reference } of samples) {
    expect(statSync(join(folder, `${name}.tar`)).size, name).toBeGreaterThan(1024);
    expect(statSync(join(folder, reference)).size, reference).toBeGreaterThan(1024);
  }
});

describe.each(samples)('$name: Drydock says what a Docker engine says', ({ name, reference }) => {
  let says: EngineAnswers;

  beforeAll(async () => {
    says = await askEngine(engine, join(folder, reference));
    const loaded = await drydock.load(join(folder, `${name}.tar`));
    expect(loaded).toMatchObject({ exitCode: 0, stderr: '' });
    if (reference === `${name}.tar`) expect(loaded.stdout).toBe(says.overall['load']?.stdout);
  });
  afterAll(() => drydock.empty());

  test('docker images', async () => {
    const sort = (text: string): string[] => sortTies(text, (row) => secondOf(row, says.images));
    for (const [command, answer] of Object.entries(says.overall)) {
      if (command !== 'load') await agree(command, answer, sort);
    }
  });

  test('docker image inspect', async () => {
    for (const { id, answers } of says.images) {
      await agree(`image inspect ${id}`, answers['image inspect'], maskInspect);
    }
  });

  test('docker history', async () => {
    for (const { id, answers } of says.images) {
      for (const command of ['history', 'history --no-trunc']) {
        const mask = name === 'docker-before-1.10' ? maskParents : undefined;
        await agree(`${command} ${id}`, answers[command], mask);
      }
    }
  });

  test('docker create, docker export and tar: the merged filesystem', async () => {
    for (const { id, exported, answers } of says.images) {
      const workingDir = workingDirOf(answers['image inspect']?.stdout ?? '[]');
      const ours = listedEntries(await drydock.files(id));
      const theirs = imageEntries({ exported, workingDir, loadedAt: says.loadedAt }, ours);
      const timed = withoutTimes(ours, theirs);
      expect(Object.fromEntries(timed)).toEqual(Object.fromEntries(theirs));
    }
  });

  test('the content of every file', async () => {
    for (const { id, exported, contents } of says.images) {
      const links = new Map(exported.map(({ path, linkname }) => [path, linkname]));
      const files = (await drydock.files(id)).filter(({ type }) => type === 'file');
      const paths = files.map(({ path }) => path);
      const theirs = paths.map((path) => [path, contents[path] ?? contents[links.get(path) ?? '']]);
      expect(await drydock.contentHashes(id, paths)).toEqual(Object.fromEntries(theirs));
    }
  });
});

/** When the image of a row was created, seconds; the head is before all. */
function secondOf(row: string, images: readonly ImageAnswers[]): number {
  const image = images.find(({ id }) => row.includes(id.slice('sha256:'.length).slice(0, 12)));
  const inspected = JSON.parse(image?.answers['image inspect']?.stdout ?? '[]') as {
    Created: string;
  }[];
  return Math.floor(Date.parse(inspected[0]?.Created ?? '') / 1000) || 0;
}

function workingDirOf(inspected: string): string {
  const [image] = JSON.parse(inspected) as { Config: { WorkingDir: string } | null }[];
  return image?.Config?.WorkingDir ?? '';
}

/** Holds a command's output against the engine's, at the time that it was asked at. */
async function agree(
  command: string,
  answer: Answer | undefined,
  mask: (text: string) => unknown = (text) => text,
): Promise<void> {
  if (answer === undefined) throw new Error(`the engine was not asked ${command}`);
  const outputs: unknown[] = [];
  for (const now of answer.asked) {
    const result = await drydock.run(`docker ${command}`, now);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    outputs.push(mask(result.stdout));
  }
  const expected = mask(answer.stdout);
  // "59 seconds ago" may have become "About a minute ago" between the question and its answer.
  const ours = outputs.find((output) => JSON.stringify(output) === JSON.stringify(expected));
  expect(ours ?? outputs[0], command).toEqual(expected);
}
