/**
 * Puts images into a registry by the real programs. A name is without its registry: `team/app:1`.
 *
 *     await pushArchive(registry, file, 'app:1')                                     // skopeo, from any archive
 *     await pushArchive(registry, file, 'app:1', { compression: 'zstd' })            // … recompressed, as an OCI image
 *     await pushArchive(registry, file, 'app:1', { user: HTPASSWD_USER })
 *     await pushLayout(registry, builder.items([index]), 'app:1')                    // what a test builder crafted, bytes as they are:
 *                                                                                    // several platforms, attestations, eStargz, zstd:chunked
 *     await pushWithDocker(engine, registry, { image: 'local:1', name: 'app:1' })
 *     await pushWithBuildah(registry, 'app:1')                                       // two platforms, built from scratch, as a list
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../interop/engine';
import { run, succeed } from '../interop/program';
import { inTemporaryFolder } from '../interop/samples/image-makers';
import { tarOf, type TarItem } from '../support/tar-builder';

/** A server with that address: a registry, or what stands in front of one. */
export interface PushTarget {
  readonly host: string;
}

export interface PushOptions {
  readonly user?: { readonly name: string; readonly password: string };
  /** What skopeo compresses the layers with, as an OCI image; without it layers go as skopeo has them go. */
  readonly compression?: 'gzip' | 'zstd';
  /** `oci-archive` or `docker-archive`, the default. */
  readonly transport?: 'docker-archive' | 'oci-archive';
}

/** `skopeo copy` of an archive, with all its platforms. */
export function pushArchive(
  target: PushTarget,
  file: string,
  name: string,
  { user, compression, transport = 'docker-archive' }: PushOptions = {},
): Promise<void> {
  const source = `${transport}:${file}`;
  if (compression === undefined) return copyTo(target, source, name, user ? { user } : {});
  return inTemporaryFolder(async (folder) => {
    // By way of a layout: straight into a registry, skopeo would take layers that it knows there, whatever their compression.
    const layout = `oci:${join(folder, 'layout')}`;
    await succeed('skopeo', [
      ...['--insecure-policy', 'copy', '--quiet', '--all'],
      ...['--dest-compress-format', compression, source, layout],
    ]);
    await copyTo(target, layout, name, { ...(user ? { user } : {}), unchanged: true });
  });
}

/** The files of an OCI layout with one manifest or index, pushed by skopeo without a change to any byte. */
export function pushLayout(
  target: PushTarget,
  items: readonly TarItem[],
  name: string,
  { user }: Pick<PushOptions, 'user'> = {},
): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'layout.tar');
    await writeFile(file, tarOf(items));
    await copyTo(target, `oci-archive:${file}`, name, {
      ...(user ? { user } : {}),
      unchanged: true,
    });
  });
}

async function copyTo(
  { host }: PushTarget,
  source: string,
  name: string,
  { user, unchanged = false }: Pick<PushOptions, 'user'> & { readonly unchanged?: boolean },
): Promise<void> {
  await succeed('skopeo', [
    ...['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false', '--all'],
    ...(user ? ['--dest-creds', `${user.name}:${user.password}`] : []),
    ...(unchanged ? ['--preserve-digests'] : []),
    ...[source, `docker://${host}/${name}`],
  ]);
}

/** `docker push` of an image that the engine has, under a new name. */
export async function pushWithDocker(
  engine: Engine,
  { host }: PushTarget,
  { image, name }: { readonly image: string; readonly name: string },
): Promise<string> {
  await engine.must(['tag', image, `${host}/${name}`]);
  return engine.must(['push', `${host}/${name}`]);
}

/** A list of two platforms, amd64 and arm64, each with a file that says which, made and pushed by buildah. */
export function pushWithBuildah({ host }: PushTarget, name: string): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
    const buildah = (...args: string[]): Promise<string> =>
      succeed('buildah', [...storage, '--storage-driver', 'vfs', ...args]);
    await buildah('manifest', 'create', 'localhost/list');
    for (const architecture of ['amd64', 'arm64']) {
      await writeFile(join(folder, 'platform'), `${architecture}\n`);
      const container = (await buildah('from', '--arch', architecture, 'scratch')).trim();
      await buildah('copy', container, join(folder, 'platform'), '/etc/platform');
      await buildah('config', '--arch', architecture, '--cmd', '/etc/platform', container);
      await buildah('commit', '--quiet', '--manifest', 'localhost/list', container);
    }
    const target = `docker://${host}/${name}`;
    await buildah(
      'manifest',
      'push',
      '--quiet',
      '--all',
      '--tls-verify=false',
      'localhost/list',
      target,
    );
    const root = /"?GraphRoot"?: ?"?([^",\n]+)/i.exec(await buildah('info'))?.[1];
    if (root !== undefined) await run('umount', ['--lazy', root]);
  });
}
