import type { Answer, Exchange } from './transcript';

/** What may differ between docker's answer to a line and Drydock's, and why. Whatever is not here must be equal, byte for byte. */
const MASKS: readonly (readonly [pattern: RegExp, by: string])[] = [
  // How an engine keeps layers on its own disk; Drydock keeps them in the browser's store.
  [/("Name": ?)"(?:vfs|drydock)"/g, '$1"…"'],
  // Debian's mark on its build of the engine.
  [/\b20\.10\.24\+dfsg1\b/g, '20.10.24'],
  // Where an engine looked for a configuration on its own disk.
  [/: open \S+\/imagedb\/content\/sha256\/[0-9a-f]{64}(?=: no such file)/g, ''],
  // When the image was tagged, in this engine or in this store.
  [/("LastTagTime": ?)"[^"]*"/g, '$1"…"'],
];

/** Digests and short IDs, of images whose configuration holds the time that they were made at. */
const DIGESTS = /\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g;

/** An answer without what may differ: what has to be equal. */
export function masked(
  { stdout, stderr, exitCode }: Answer,
  { isUnordered, hasNewDigests }: Pick<Exchange, 'isUnordered' | 'hasNewDigests'>,
): Answer {
  const mask = (text: string): string => {
    const rest = MASKS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
    return hasNewDigests ? rest.replace(DIGESTS, '…') : rest;
  };
  const rows = mask(stdout);
  return {
    stdout: isUnordered ? rows.split('\n').sort().join('\n') : rows,
    stderr: mask(stderr),
    exitCode,
  };
}
