import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs that the suites hold Drydock against, and Debian's packages that bring them. */
const PEERS: Readonly<Record<string, string>> = {
  docker: 'docker.io',
  dockerd: 'docker.io',
  ctr: 'containerd',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  skopeo: 'skopeo',
  umoci: 'umoci',
  buildah: 'buildah',
  podman: 'podman',
  busybox: 'busybox-static',
  setcap: 'libcap2-bin',
  tar: 'tar',
  gzip: 'gzip',
  bzip2: 'bzip2',
  xz: 'xz-utils',
  zstd: 'zstd',
};

/** Daemons live in sbin, which a user's PATH may lack. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

function isInstalled(program: string): boolean {
  return FOLDERS.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** True where a missing program is a failure and not a reason to skip. */
export const isRequired = process.env['DRYDOCK_INTEROP'] === 'required';

/** One line that says why the real programs cannot be asked on this machine; undefined where they can. */
export function whyNoPeers(): string | undefined {
  if (process.platform !== 'linux')
    return `the container engines run on Linux, not ${process.platform}`;
  const missing = Object.keys(PEERS).filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => PEERS[program]))];
    return `${missing.join(', ')} not found (Debian: apt-get install ${packages.join(' ')})`;
  }
  return process.getuid?.() === 0 ? undefined : 'dockerd needs root';
}
