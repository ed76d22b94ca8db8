import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, isInstalled, shell } from './program.mjs';

const STARTS_WITHIN_MS = 30_000;

export function canRunEngine() {
  return process.getuid?.() === 0 && isInstalled('dockerd') && isInstalled('docker');
}

/** Runs an action with a private engine that has no images, and removes the engine with all it stored. The action gets its address. */
export async function withEngine(action) {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const host = `unix://${folder}/docker.sock`;
  const flags = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
  const folders = [`--data-root=${folder}/root`, `--exec-root=${folder}/exec`];
  const daemon = spawn(
    'dockerd',
    [...flags, ...folders, `--host=${host}`, `--pidfile=${folder}/pid`],
    {
      env: environment(),
      stdio: 'ignore',
    },
  );
  try {
    await answers(host, daemon);
    return await action(host);
  } finally {
    const exit = once(daemon, 'exit');
    if (daemon.exitCode === null) daemon.kill('SIGTERM');
    if (daemon.exitCode === null) await exit;
    // The daemon leaves its network namespaces mounted.
    await shell(
      `cut -d ' ' -f 2 /proc/self/mounts | { grep "^$1/" || true; } | sort -r | xargs -r umount -l; rm -rf "$1"`,
      folder,
    );
  }
}

async function answers(host, daemon) {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline && daemon.exitCode === null) {
    try {
      await shell('docker -H "$1" version', host);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('dockerd did not come up');
}
