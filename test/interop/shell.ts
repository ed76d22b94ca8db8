import type { Answer } from './transcript';

/** Where the lines of a transcript are typed. What one line writes to a file, later ones read. */
export interface Shell {
  /** `now` is the time for a shell that has no clock of its own. */
  run(line: string, now: Date): Promise<Answer>;
  close(): Promise<void>;
}

/** The shell, after it has loaded these archives. */
export async function withImages(shell: Shell, images: readonly string[]): Promise<Shell> {
  for (const name of images) {
    const { stderr, exitCode } = await shell.run(`docker load -i ${name}`, new Date());
    if (exitCode !== 0) throw new Error(`${name} could not be loaded: ${stderr}`);
  }
  return shell;
}
