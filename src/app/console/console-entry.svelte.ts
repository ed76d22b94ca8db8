import type { Progress } from '../../base/task';
import type { Suggestion } from '../../commands/completion/suggestion';
import { maskIn } from '../../commands/shell/mask-passwords';
import { withoutStyles } from './console-output';
import type { Task } from '../tasks.svelte';

export interface OutputPart {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A file that a command wrote: kept in the tab to be looked at or saved, or on the disk already. */
export interface WrittenFile {
  readonly name: string;
  readonly size: number;
  /** Undefined for one that is on the disk. */
  readonly content: Blob | undefined;
}

/** Something that a command asks of who typed it. */
export interface Question {
  readonly kind: 'confirm' | 'text' | 'password';
  /** What was printed, as a name for the field. */
  readonly text: string;
  /** Undefined for no answer. */
  answer(text: string | undefined): void;
}

/** What a command that succeeded went through. */
export interface WorkDone {
  /** Name of the file that was read, where there was one. */
  readonly subject: string | undefined;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Layers that were verified; undefined where none were counted. */
  readonly layers: number | undefined;
}

export type EntryState =
  | { readonly kind: 'running'; readonly task: Task }
  /** The command asks for a file that it was not given. */
  | { readonly kind: 'waiting'; readonly task: Task; readonly file: string }
  | { readonly kind: 'asking'; readonly task: Task; readonly question: Question }
  | { readonly kind: 'done'; readonly exitCode: number }
  | { readonly kind: 'cancelled' };

/** One command and what came of it. */
export class ConsoleEntry {
  readonly id: number;
  /** As it was typed, passwords masked. */
  readonly line: string;
  parts = $state.raw<readonly OutputPart[]>([]);
  files = $state.raw<readonly WrittenFile[]>([]);
  state = $state.raw<EntryState>({ kind: 'cancelled' });
  /** What was probably meant by a line that failed. */
  suggestion = $state.raw<Suggestion | undefined>(undefined);
  work = $state.raw<WorkDone | undefined>(undefined);
  readonly #passwords: string[];
  #progress: Progress | undefined;
  #subject: string | undefined;

  constructor(id: number, line: string, passwords: readonly string[]) {
    this.id = id;
    this.line = line;
    this.#passwords = [...passwords];
  }

  /** All that was printed. */
  get text(): string {
    return this.parts.map(({ text }) => text).join('');
  }

  /** Text of the same stream is joined. */
  append(printed: string, stream: OutputPart['stream']): void {
    const text = maskIn(withoutStyles(printed), this.#passwords);
    const last = this.parts.at(-1);
    this.parts =
      last?.stream === stream
        ? [...this.parts.slice(0, -1), { stream, text: last.text + text }]
        : [...this.parts, { stream, text }];
  }

  /** What was answered, as a terminal echoes it: a password is not, and is masked in what follows. */
  echo(kind: Question['kind'], answer: string): void {
    if (kind === 'password') this.#passwords.push(answer);
    this.append(kind === 'password' ? '\n' : `${answer}\n`, 'stdout');
  }

  /** The file that is read. */
  opened(name: string): void {
    this.#subject = name;
  }

  progressed(progress: Progress): void {
    this.#progress = progress;
  }

  /** Sums up what was read or written, once the command has succeeded. */
  sumUp(milliseconds: number): void {
    const { done, unit, subject, phase } = this.#progress ?? {};
    if (done === undefined || unit !== 'bytes') return;
    const count = phase === 'verifying' ? /^\d+\/(\d+)$/.exec(subject ?? '')?.[1] : undefined;
    this.work = {
      subject: this.#subject,
      bytes: done,
      milliseconds,
      layers: count === undefined ? undefined : Number(count),
    };
  }
}
