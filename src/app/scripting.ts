import type { RunOptions, RunResult } from '../commands/run-command-line';

/** What scripts drive the app by: README, "Scripting". Stable. */
export interface Drydock {
  readonly version: string;
  /** The store is open, and what killed tabs left in it is swept. */
  readonly ready: Promise<void>;
  run(commandLine: string, options?: RunOptions): Promise<RunResult>;
}

declare global {
  interface Window {
    drydock: Drydock;
  }
}
