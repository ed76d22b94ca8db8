import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../engine';
import { run, shell, succeed } from '../program';

export const RECIPES = join(dirname(fileURLToPath(import.meta.url)), 'recipes');

/** Build and save real images with the real programs. What each writes is theirs, byte for byte. */

/** Copies a recipe's folder and adds what is not kept in the repository: a shell, and an archive of entries a Dockerfile cannot make. */
async function buildContext(recipe: string, folder: string): Promise<void> {
  await cp(join(RECIPES, recipe), folder, { recursive: true });
  await shell('cp "$(command -v busybox)" "$1/busybox"', folder);
  await succeed('bash', [join(RECIPES, 'specials.sh'), join(folder, 'specials.tar')]);
}

/** Runs an action in a temporary folder, which is deleted whatever comes of it. */
export async function inTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-'));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `docker build` with the classic builder, which needs no BuildKit and no network. */
export function buildWithDocker(engine: Engine, recipe: string, tag: string): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    await buildContext(recipe, folder);
    await engine.must(['build', '--network', 'host', '--tag', tag, folder]);
  });
}

/** The storage flags that keep podman and buildah away from the machine's own images. */
function privateStorage(folder: string): string[] {
  return [
    '--root',
    join(folder, 'root'),
    '--runroot',
    join(folder, 'run'),
    '--storage-driver',
    'vfs',
  ];
}

/** `podman build`, then `podman save` in both formats, once with several names. */
export function makeWithPodman(output: string): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const context = join(folder, 'context');
    await buildContext('rich', context);
    const podman = (...args: string[]): Promise<string> =>
      succeed('podman', [...privateStorage(folder), ...args]);
    const building = ['--isolation', 'chroot', '--cap-add', 'MKNOD', '--network', 'host'];
    await podman('build', ...building, '--tag', 'localhost/rich:1', context);
    await podman('tag', 'localhost/rich:1', 'localhost/rich:2', 'localhost/other:latest');
    for (const format of ['docker-archive', 'oci-archive']) {
      const file = join(output, `podman-${format}.tar`);
      await podman('save', '--quiet', '--format', format, '--output', file, 'localhost/rich:1');
    }
    const names = ['localhost/rich:1', 'localhost/rich:2', 'localhost/other:latest'];
    const file = join(output, 'podman-several-names.tar');
    await podman('save', '--quiet', '--multi-image-archive', '--output', file, ...names);
    await unmountStorage(podman);
  });
}

/** `buildah from scratch`, copy, run, config, commit; then push as both archives. */
export function makeWithBuildah(output: string): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const context = join(folder, 'context');
    await buildContext('rich', context);
    const buildah = (...args: string[]): Promise<string> =>
      succeed('buildah', [...privateStorage(folder), ...args]);
    const container = (await buildah('from', 'scratch')).trim();
    await buildah('copy', container, join(context, 'busybox'), '/bin/busybox');
    await buildah('run', '--isolation', 'chroot', container, '/bin/busybox', 'mkdir', '/made');
    await buildah('config', '--env', 'X=y z', '--label', 'a=b', '--cmd', '["a","b"]', container);
    await buildah('config', '--author', 'Ada', '--created-by', 'by hand', container);
    await buildah('commit', '--quiet', '--format', 'oci', container, 'localhost/hand:1');
    const archive = join(output, 'buildah');
    const name = 'localhost/hand:1';
    await buildah('push', '--quiet', name, `docker-archive:${archive}-docker-archive.tar:${name}`);
    await buildah('push', '--quiet', name, `oci-archive:${archive}-oci-archive.tar`);
    await unmountStorage(buildah);
  });
}

/** podman and buildah leave their storage's folder mounted on itself. */
async function unmountStorage(program: (...args: string[]) => Promise<string>): Promise<void> {
  const root = /"?GraphRoot"?: ?"?([^",\n]+)/i.exec(await program('info'))?.[1];
  if (root !== undefined) await run('umount', ['--lazy', root]);
}

/** `umoci`: an empty layout, two layers repacked from a changed root filesystem, configuration by hand; then a tar of the layout. */
export function makeWithUmoci(output: string): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const umoci = (...args: string[]): Promise<string> => succeed('umoci', args, { cwd: folder });
    const rootfs = join(folder, 'bundle', 'rootfs');
    await umoci('init', '--layout', 'layout');
    await umoci('new', '--image', 'layout:one');
    await umoci('unpack', '--image', 'layout:one', 'bundle');
    await mkdir(join(rootfs, 'etc'));
    await writeFile(join(rootfs, 'etc', 'first'), 'first\n');
    await copyFile('/bin/busybox', join(rootfs, 'busybox'));
    await umoci('repack', '--refresh-bundle', '--image', 'layout:one', 'bundle');
    await rm(join(rootfs, 'etc', 'first'));
    await writeFile(join(rootfs, 'etc', 'second'), 'second\n');
    await umoci('repack', '--image', 'layout:one', 'bundle');
    await umoci('config', '--image', 'layout:one', '--config.cmd', '/busybox', '--author', 'Ada');
    const files = 'oci-layout index.json blobs';
    await shell(`tar -cf "$1" -C "$2" ${files}`, join(output, 'umoci.tar'), join(folder, 'layout'));
  });
}
