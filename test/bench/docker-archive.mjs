import { createHash } from 'node:crypto';
import { createReadStream, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { shell } from './program.mjs';

const CREATED = '2026-01-02T03:04:05Z';

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Puts layers together as the engines 1.10 to 24 save an image. The layers' files are used up. */
export async function writeDockerArchive(file, layers, tag) {
  const folder = `${file}.image`;
  rmSync(folder, { recursive: true, force: true });
  const digests = [];
  const paths = [];
  for (const layer of layers) {
    const digest = await sha256(layer);
    const path = `${digest}/layer.tar`;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    linkSync(layer, join(folder, path));
    digests.push(`sha256:${digest}`);
    paths.push(path);
  }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: CREATED,
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: digests },
    history: layers.map((_, n) => ({ created: CREATED, created_by: `/bin/sh -c step ${n}` })),
  });
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  writeFileSync(join(folder, name), config);
  const manifest = [{ Config: name, RepoTags: [tag], Layers: paths }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const members = [name, ...paths, 'manifest.json'];
  await shell(
    'out=$1 folder=$2; shift 2; tar -cf "$out" -C "$folder" "$@"',
    file,
    folder,
    ...members,
  );
  rmSync(folder, { recursive: true });
  for (const layer of layers) rmSync(layer);
}
