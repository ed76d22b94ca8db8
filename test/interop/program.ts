import { spawn } from 'node:child_process';

/** What a finished program left. Output is bytes: names in it need not be UTF-8. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; nothing without it. */
  readonly input?: string;
}

/** Programs speak English and UTC, and no setting of the user's reaches them. */
const ENVIRONMENT = { ...process.env, LC_ALL: 'C', TZ: 'UTC', DOCKER_BUILDKIT: '0' };

/** Runs a program to its end, whatever its exit code. Rejects only where it cannot be started. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...ENVIRONMENT, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // It may end before it has read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({
        exitCode: exitCode ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
      });
    });
  });
}

/** Runs a program that must succeed. Resolves to what it printed; rejects with what it complained of. */
export async function succeed(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const finished = await run(program, args, options);
  if (finished.exitCode !== 0) {
    throw new Error(
      `${program} ${args.join(' ')} exited with ${finished.exitCode}: ${finished.stderr.toString()}`,
    );
  }
  return finished.stdout.toString();
}

/** A line of shell that must succeed; `$1`, `$2` … are the arguments. */
export function shell(script: string, ...args: readonly string[]): Promise<string> {
  return succeed('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...args]);
}
