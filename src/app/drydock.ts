import type { RunOptions, RunResult } from '../commands/run-command-line';

/** What scripts drive the app by: README, "Scripting". */
export interface Drydock {
  readonly version: string;
  /** The store is open, and what killed tabs left in it is swept. */
  readonly ready: Promise<void>;
  /** Runs one command line. Never rejects for what a user can cause: that is `exitCode` and `stderr`. */
  run(commandLine: string, options?: RunOptions): Promise<RunResult>;
}

declare global {
  interface Window {
    drydock: Drydock;
  }
}
