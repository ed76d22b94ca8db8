import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Drydock } from '../../src/app/drydock';
import { buildImage, docker110, type ImageOptions } from './archive-builder';
import { tarOf } from './tar-builder';

/** What a command said; its files stay in the page. */
export type CommandOutcome = Pick<
  Awaited<ReturnType<Drydock['run']>>,
  'exitCode' | 'stdout' | 'stderr'
>;

/** A file on disk for one test, and the way to be rid of it. */
export interface TestFile {
  readonly path: string;
  remove(): Promise<void>;
}

export async function writeTestFile(name: string, content: Uint8Array): Promise<TestFile> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-file-'));
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, remove: () => rm(folder, { recursive: true }) };
}

/** What `docker save` of one image writes. */
export function dockerArchive(options: ImageOptions): Uint8Array<ArrayBuffer> {
  return tarOf(docker110([buildImage(options)]));
}

/** Runs a command line in the page; what it wrote to files is left out. */
export async function run(page: Page, commandLine: string): Promise<CommandOutcome> {
  return page.evaluate(async (line) => {
    await window.drydock.ready;
    const { exitCode, stdout, stderr } = await window.drydock.run(line);
    return { exitCode, stdout, stderr };
  }, commandLine);
}

/** Runs a command line that reads `file.tar`, a real file of the disk, in the page. */
export async function runWithFile(
  page: Page,
  commandLine: string,
  path: string,
): Promise<CommandOutcome> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'test-file';
    document.body.append(input);
  });
  await page.setInputFiles('#test-file', path);
  return page.evaluate(async (line) => {
    const input = document.querySelector<HTMLInputElement>('#test-file');
    const file = input?.files?.[0];
    input?.remove();
    if (!file) throw new Error('no file was given');
    await window.drydock.ready;
    const { exitCode, stdout, stderr } = await window.drydock.run(line, {
      files: { 'file.tar': file },
    });
    return { exitCode, stdout, stderr };
  }, commandLine);
}

/** No headless browser shows the dialog: a file of the origin's own file system stands for the one that is chosen. */
export async function answerSaveDialog(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(window, 'showSaveFilePicker', {
      value: async ({ suggestedName }: { readonly suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(suggestedName, { create: true });
      },
    });
  });
}
