import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '../support/app';
import { patternBytes } from '../support/blobs';
import { dockerArchive, run, writeTestFile, type TestFile } from '../support/page-files';

/** Several layers, all of which take a while. */
const ARCHIVE = dockerArchive({
  tags: ['large:1'],
  layers: [1, 2, 3, 4].map((seed) => [
    { path: `noise-${seed}`, content: patternBytes(50_000_000, seed) },
  ]),
});

interface Report {
  readonly at: number;
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: readonly string[];
  readonly reports: readonly Report[];
}

let file: TestFile;
let app: App;

beforeAll(async () => {
  file = await writeTestFile('large.tar', ARCHIVE);
  app = await openApp();
  await app.page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'test-file';
    document.body.append(input);
  });
  await app.page.setInputFiles('#test-file', file.path);
});

afterAll(async () => {
  await app.close();
  await file.remove();
});

/** Runs a line that may read `file.tar`; with `abortAt`, it is cancelled as soon as that many bytes are done. */
function watched(line: string, abortAt?: number): Promise<Outcome> {
  return app.page.evaluate(
    async ([command, limit]) => {
      const given = document.querySelector<HTMLInputElement>('#test-file')?.files?.[0];
      if (!given) throw new Error('no file was given');
      await window.drydock.ready;
      const controller = new AbortController();
      const reports: Report[] = [];
      const { files, ...rest } = await window.drydock.run(command, {
        files: { 'file.tar': given },
        signal: controller.signal,
        onProgress: ({ phase, done, total }) => {
          reports.push({ at: performance.now(), phase, done, total });
          if (limit !== undefined && done > limit) controller.abort();
        },
      });
      return { ...rest, files: Object.keys(files), reports };
    },
    [line, abortAt] as const,
  );
}

/** Every phase's figures rise to its total, and come at most ten times a second and once at its end. */
function expectSteady(reports: readonly Report[]): void {
  for (const phase of new Set(reports.map((report) => report.phase))) {
    const own = reports.filter((report) => report.phase === phase);
    const done = own.map((report) => report.done);
    expect(done, phase).toEqual(done.toSorted((a, b) => a - b));
    expect(own.at(-1)?.done, phase).toBe(own.at(-1)?.total);
    const gaps = own.slice(1, -1).map(({ at }, i) => at - (own[i]?.at ?? 0));
    expect(Math.min(...gaps, 100), phase).toBeGreaterThan(95);
  }
}

const state = () => run(app.page, 'docker images -a --no-trunc');

describe('run()', () => {
  it('of a load that is aborted ends with 130 and no word, nothing stored', async () => {
    const before = await state();
    const { reports, ...outcome } = await watched('docker load -i file.tar', 1_000_000);
    expect(outcome).toEqual({ exitCode: 130, stdout: '', stderr: '', files: [] });
    expect(reports.at(-1)?.done).toBeLessThan(200_000_000);
    expect(await state()).toEqual(before);
    expect((await run(app.page, 'drydock verify --format json')).stdout).toContain('"blobs":0');
  });

  it('tells of a load of several layers how far it is, at most ten times a second', async () => {
    const { reports, ...outcome } = await watched('docker load -i file.tar');
    expect(outcome).toMatchObject({ exitCode: 0, stdout: 'Loaded image: large:1\n', stderr: '' });
    expect(reports.length).toBeGreaterThan(4);
    expectSteady(reports);
  });

  it.each([
    ['verify', 'drydock verify'],
    ['save', 'drydock save --compress gzip large:1 -o x.tar'],
  ])('of a %s that is aborted ends with 130 and no word', async (_, line) => {
    const before = await state();
    const { reports, ...outcome } = await watched(line, 0);
    expect(outcome).toEqual({ exitCode: 130, stdout: '', stderr: '', files: [] });
    expect(reports.length).toBeGreaterThan(0);
    expect(await state()).toEqual(before);
    const verified = await watched('drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ blobs: 6, problems: [] });
    expectSteady(verified.reports);
  });
});
