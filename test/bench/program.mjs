import { spawn, spawnSync } from 'node:child_process';

/** True where the program can be started on this machine. */
export function isInstalled(program) {
  const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], {
    env: environment(),
  });
  return status === 0;
}

/**
 * Runs a bash script, `$1`, `$2` … being the arguments.
 * @returns {Promise<{ stdout: string, seconds: number }>} What it printed, and the wall time it took. Rejects where it fails.
 */
export function shell(script, ...args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const command = ['-euo', 'pipefail', '-c', script, 'bash', ...args];
    const child = spawn('bash', command, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = (performance.now() - start) / 1000;
      if (status === 0) resolve({ stdout, seconds });
      else reject(new Error(`${script} exited with ${status}: ${stderr.trim()}`));
    });
  });
}

/** Daemons live in sbin, which a user's PATH may lack. */
export function environment() {
  return { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
}
