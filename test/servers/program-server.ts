import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STARTS_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 5_000;
/** How much of what a program says is kept for the error, in characters. */
const KEPT_OUTPUT = 4_000;

/** A program that listens, and the folder that is deleted with it. */
export interface ProgramServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface ProgramServerOptions {
  /** Finds the port in what the program says when it listens: its first group. */
  readonly listening: RegExp;
  /** Where it runs; deleted at the end. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A temporary folder for one server. */
export function serverFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `drydock-${name}-`));
}

/**
 * Starts a server program and resolves once it says on which port it listens. It is ended by its process id: by `stop()`, or with this
 * process. Rejects with what it said where it ends at once or says nothing in time.
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  { listening, folder, env = {} }: ProgramServerOptions,
): Promise<ProgramServer> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').catch(() => undefined);
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const stop = async (): Promise<void> => {
    process.off('exit', killNow);
    child.kill('SIGTERM');
    const late = setTimeout(killNow, STOPS_WITHIN_MS);
    if (child.pid !== undefined) await exited;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let said = '';
      const fail = (why: string): void => reject(new Error(`${program} ${why}:\n${said}`));
      const timer = setTimeout(() => fail('does not listen'), STARTS_WITHIN_MS);
      const hear = (part: Buffer): void => {
        said = (said + part.toString()).slice(-KEPT_OUTPUT);
        const found = listening.exec(said)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(Number(found));
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', (error) => fail(error.message));
      child.on('exit', (status) => fail(`ended with ${status}`));
    });
    return { pid: child.pid ?? 0, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
