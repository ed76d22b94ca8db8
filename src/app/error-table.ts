import type { ErrorRecord } from '../base/errors';
import {
  entryOf,
  type ErrorAction,
  type ErrorOrigin,
  type Strings,
  type Subject,
} from './error-entries';

/** A failure as the error card shows it. */
export interface ErrorView {
  readonly title: string;
  readonly text: string;
  /** In a sentence: what is wrong and where. */
  readonly problem: string;
  readonly steps: readonly {
    readonly lead: string;
    readonly rest: string;
    /** Without a button for it the step leads nowhere. */
    readonly action?: ErrorAction;
  }[];
  readonly actions: readonly ErrorAction[];
  readonly code: string;
  /** Digests, where two differ. */
  readonly mismatch: { readonly expected: string; readonly found: string } | undefined;
}

/** What to say of an error in the language of `strings`, and what to offer. A code that nobody knows is `unexpected`. */
export function errorView(
  error: ErrorRecord,
  strings: Strings,
  origin: ErrorOrigin = 'file',
): ErrorView {
  const entry = entryOf(error.code, origin);
  const { expected, found, what } = error.detail;
  return {
    title: titleText(strings, entry.subject, typeof what === 'string' ? what : undefined),
    text: strings[`${entry.subject}Text`],
    problem: readable(strings.problemText(error)),
    steps: entry.steps.map((step) => ({
      ...splitStep(strings[step]),
      ...(step === 'stepLookInside' ? { action: 'look-inside' } : {}),
    })),
    actions: entry.actions,
    code: error.code,
    mismatch:
      typeof expected === 'string' && typeof found === 'string' ? { expected, found } : undefined,
  };
}

function titleText(strings: Strings, subject: Subject, what: string | undefined): string {
  const title = strings[`${subject}Title`];
  if (typeof title === 'string') return title;
  // `layer 1 (blobs/sha256/…) in app.tar`: where it lies is told below.
  const name = what?.split(/ \(| in /, 1)[0];
  return title(capitalized(name === undefined ? strings.aPart : strings.part(name)));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A sentence with digests as long as they need to be to be told apart; the details to copy have them whole. */
function readable(message: string): string {
  return message.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');
}

/** A step's first sentence is what to do, the rest explains it. */
function splitStep(step: string): { lead: string; rest: string } {
  const end = step.search(/(?<=\.) |(?<=。)/);
  return end < 0
    ? { lead: step, rest: '' }
    : { lead: step.slice(0, end), rest: step.slice(end).trim() };
}
