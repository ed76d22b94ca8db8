import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Drydock } from './drydock';

/** What a program says of one image: its ID, its names, its diff IDs. */
export interface SaidOfImage {
  readonly id: string;
  readonly names: readonly string[];
  readonly layers: readonly string[];
}

/** With which both docker and Drydock answer with a line of `SaidOfImage` an image. */
export const SAID_FORMAT =
  '{"id":{{json .Id}},"names":{{json .RepoTags}},"layers":{{json .RootFS.Layers}}}';

export function parseSaid(stdout: string): readonly SaidOfImage[] {
  const images = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SaidOfImage);
  return images
    .map((image) => ({ ...image, names: [...image.names].sort() }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/** A Drydock with one archive loaded. */
export async function drydockWith(file: string): Promise<Drydock> {
  const drydock = await Drydock.open();
  const files = { 'x.tar': await openAsBlob(file) };
  const { exitCode, stderr } = await drydock.run('docker load -i x.tar', { files });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return drydock;
}

/** Everything that a Drydock has, as it says it. */
export async function saidByDrydock(drydock: Drydock): Promise<readonly SaidOfImage[]> {
  const { stdout } = await drydock.run('docker images --quiet --no-trunc');
  const ids = [...new Set(stdout.trim().split('\n'))];
  const line = `docker image inspect --format '${SAID_FORMAT}' ${ids.join(' ')}`;
  return parseSaid((await drydock.run(line)).stdout);
}

/** Saves all images under all their names into a file of a folder. Resolves to its path. */
export async function saveAll(drydock: Drydock, flags: string, folder: string): Promise<string> {
  const said = await saidByDrydock(drydock);
  const words = said.flatMap(({ id, names }) => (names.length > 0 ? names : [id]));
  const result = await drydock.run(`drydock save ${flags} ${words.join(' ')} -o x.tar`);
  expect(result).toMatchObject({ exitCode: 0, stdout: '' });
  const path = join(folder, 'saved.tar');
  await writeFile(path, new Uint8Array(await (result.files['x.tar'] ?? new Blob()).arrayBuffer()));
  return path;
}

export async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
