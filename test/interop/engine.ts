import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, succeed, type Finished, type RunOptions } from './program';

const STARTS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 20_000;

/** How an engine keeps layers: vfs each as a copy with all below it, overlay2 each alone, where the file system can lay them over each other. */
type StorageDriver = 'vfs' | 'overlay2';

/** A private Docker engine: nothing of it is shared with one that the machine may run already. */
export class Engine {
  private constructor(
    private readonly folder: string,
    private readonly daemon: ChildProcess,
  ) {}

  /** Starts an engine that has no images, in a temporary folder, without a network. Rejects with the end of its log where it does not come up. */
  static async start(driver: StorageDriver = 'vfs'): Promise<Engine> {
    // In the system's temporary folder, as a socket's path holds 107 bytes at most.
    const folder = mkdtempSync(join(tmpdir(), 'drydock-engine-'));
    const log = openSync(join(folder, 'log'), 'w');
    const daemon = spawn('dockerd', daemonFlags(folder, driver), {
      stdio: ['ignore', log, log],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    closeSync(log);
    const engine = new Engine(folder, daemon);
    try {
      await engine.answers();
      return engine;
    } catch (error) {
      await engine.stop();
      throw error;
    }
  }

  /** The address of its API, as `docker -H` and `skopeo --src-daemon-host` take it. */
  get host(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  /** The address of the containerd that it starts for itself, as `ctr --address` takes it. */
  get containerd(): string {
    return join(this.folder, 'exec', 'containerd', 'containerd.sock');
  }

  /** Runs the docker client against this engine, whatever its exit code. */
  docker(args: readonly string[], options?: RunOptions): Promise<Finished> {
    return run('docker', ['--config', this.folder, '-H', this.host, ...args], options);
  }

  /** Runs the docker client against this engine; it must succeed. */
  must(args: readonly string[], options?: RunOptions): Promise<string> {
    return succeed('docker', ['--config', this.folder, '-H', this.host, ...args], options);
  }

  /** Stops the daemon by its process id and deletes all it stored. */
  async stop(): Promise<void> {
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const closed = once(this.daemon, 'exit');
      this.daemon.kill('SIGTERM');
      const patience = new AbortController();
      const late = sleep(STOPS_WITHIN_MS, 'late', { signal: patience.signal }).catch(
        () => 'stopped',
      );
      if ((await Promise.race([closed, late])) === 'late') this.daemon.kill('SIGKILL');
      await closed;
      patience.abort();
    }
    await unmountBelow(this.folder);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (this.daemon.exitCode === null && Date.now() < deadline) {
      if ((await this.docker(['version'])).exitCode === 0) return;
      await sleep(100);
    }
    const log = readFileSync(join(this.folder, 'log'), 'utf8').trimEnd().split('\n');
    throw new Error(`dockerd did not come up:\n${log.slice(-8).join('\n')}`);
  }
}

/** The daemon leaves its network namespaces mounted, which would keep its folder from being deleted. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const points = mounts.map((mount) => mount.split(' ')[1] ?? '');
  for (const point of points.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await succeed('umount', ['--lazy', point]);
  }
}

/** No bridge and no firewall rules: the engine then starts inside a container too. vfs needs nothing of the file system. */
function daemonFlags(folder: string, driver: StorageDriver): string[] {
  return [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    `--storage-driver=${driver}`,
    `--data-root=${join(folder, 'root')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--host=unix://${join(folder, 'docker.sock')}`,
    `--pidfile=${join(folder, 'pid')}`,
  ];
}
