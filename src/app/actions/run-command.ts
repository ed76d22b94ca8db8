import { fromErrorRecord, type ErrorRecord } from '../../base/errors';
import type { RunOptions, RunResult } from '../../commands/run-command-line';
import type { RunLine } from '../console/console-session.svelte';

/** Runs the command that a dialog shows. Rejects where it fails: with its error, which keeps its code, so that the page can say what to do. */
export async function runCommand(
  run: RunLine,
  command: string,
  options: RunOptions,
): Promise<RunResult> {
  const failures: ErrorRecord[] = [];
  const result = await run(command, {
    ...options,
    onFailure: (failure) => failures.push(failure),
  });
  options.signal?.throwIfAborted();
  if (result.exitCode === 0) return result;
  const [failure] = failures;
  throw fromErrorRecord(failure ?? { code: 'refused', message: result.stderr.trim(), detail: {} });
}
