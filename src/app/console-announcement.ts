import type { ConsoleEntry } from './console-entry.svelte';
import type { Texts } from './i18n.svelte';

/** Characters that are read out as they are; of more only the number of lines is told. */
const SHORT = 200;

/** What a screen reader is told of a command that has ended: its answer where that is short, else how long it is. */
export function announcementOf(
  { line, state, text, files }: ConsoleEntry,
  { console }: Texts,
): string {
  if (state.kind === 'cancelled') return console.cancelled;
  const answer = text.trim();
  const written = files.map(({ name }) => console.fileWritten(name)).join(' ');
  const code =
    state.kind === 'done' && state.exitCode !== 0 ? console.exitCode(state.exitCode) : '';
  const told = answer.length <= SHORT ? answer : console.lines(answer.split('\n').length);
  return [line, told, written, code].filter((part) => part !== '').join('. ');
}
