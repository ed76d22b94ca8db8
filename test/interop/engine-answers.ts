import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine } from './engine';
import { inTemporaryFolder } from './samples/image-makers';
import { run } from './program';
import { listTar, printable, type ListedEntry } from './tar-listing';

/** What a command printed, and the time it was asked at: before and after, as "5 minutes ago" may tick in between. */
export interface Answer {
  readonly stdout: string;
  /** Milliseconds since 1970. */
  readonly asked: readonly [number, number];
}

/** Everything an engine says of one archive. */
export interface EngineAnswers {
  /** Milliseconds since 1970: times after it are the engine's own doing. */
  readonly loadedAt: number;
  /** What was asked of the engine as a whole, by command line. */
  readonly overall: Readonly<Record<string, Answer>>;
  readonly images: readonly ImageAnswers[];
}

export interface ImageAnswers {
  readonly id: string;
  /** By command line, the ID left out. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** `docker create`, `docker export`, and what tar lists of it. */
  readonly exported: readonly ListedEntry[];
  /** SHA-256 of regular files' content, by path as listed. */
  readonly contents: Readonly<Record<string, string>>;
}

const OVERALL = [
  'images',
  'images --no-trunc',
  'images --digests',
  'image ls --digests --no-trunc',
];
const OF_AN_IMAGE = ['image inspect', 'history', 'history --no-trunc'];

/** Loads an archive into an engine without images, asks, and leaves it without images. What it said is kept beside the archive. */
export async function askEngine(engine: Engine, archive: string): Promise<EngineAnswers> {
  const kept = join(dirname(archive), 'answers', `${answersKey(archive)}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8')) as EngineAnswers;
  const loadedAt = Date.now();
  const load = await answer(engine, ['load', '--input', archive]);
  try {
    const overall = { load, ...(await askAll(engine, OVERALL)) };
    const ids = await engine.must(['images', '--quiet', '--no-trunc']);
    const images: ImageAnswers[] = [];
    for (const id of new Set(ids.trim().split('\n'))) images.push(await askOfImage(engine, id));
    const answers = { loadedAt, overall, images };
    await mkdir(dirname(kept), { recursive: true });
    await writeFile(kept, JSON.stringify(answers));
    return answers;
  } finally {
    await engine.must(['image', 'prune', '--all', '--force']);
  }
}

/** What is asked, and how it is read, is part of the key. */
function answersKey(archive: string): string {
  const hash = createHash('sha256').update(archive);
  for (const source of ['engine-answers.ts', 'tar-listing.ts']) {
    hash.update(readFileSync(join(import.meta.dirname, source)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function answer(engine: Engine, command: readonly string[]): Promise<Answer> {
  const before = Date.now();
  const stdout = await engine.must(command);
  return { stdout, asked: [before, Date.now()] };
}

async function askAll(
  engine: Engine,
  commands: readonly string[],
  ...args: readonly string[]
): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  for (const command of commands) {
    answers[command] = await answer(engine, [...command.split(' '), ...args]);
  }
  return answers;
}

async function askOfImage(engine: Engine, id: string): Promise<ImageAnswers> {
  const answers = await askAll(engine, OF_AN_IMAGE, id);
  const container = await engine.must(['create', '--network', 'none', id, 'never-run']);
  try {
    return await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'export.tar');
      await engine.must(['export', '--output', file, container.trim()]);
      return { id, answers, exported: await listTar(file), contents: await hashFiles(file) };
    });
  } finally {
    await engine.must(['rm', '--force', '--volumes', container.trim()]);
  }
}

/** Regular files only, and nothing is made on disk: tar hands each file's content to sha256sum. */
async function hashFiles(file: string): Promise<Record<string, string>> {
  const command = 'printf "%s %s\\0" "$(sha256sum | cut -c1-64)" "$TAR_FILENAME"';
  const { stdout } = await run('tar', ['-xf', file, `--to-command=${command}`]);
  const lines = stdout.toString('latin1').split('\0');
  return Object.fromEntries(
    lines
      .filter((line) => line !== '')
      .map((line) => [printable(Buffer.from(line.slice(65), 'latin1')), line.slice(0, 64)]),
  );
}
