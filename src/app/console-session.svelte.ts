import { isAbort } from '../base/errors';
import type { TaskOptions } from '../base/task';
import type { RunOptions, RunResult } from '../commands/run-command-line';
import type { FilePicker } from './file-picker';
import type { Task, Tasks } from './tasks.svelte';

/** `runCommandLine` of commands/, with the store and the workers already given. */
export type RunLine = (line: string, options: RunOptions) => Promise<RunResult>;

export interface OutputPart {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface OutputFile {
  readonly name: string;
  readonly content: Blob;
}

export type EntryState =
  | { readonly kind: 'running'; readonly task: Task }
  /** The command asks for a file that it was not given. */
  | { readonly kind: 'waiting'; readonly task: Task; readonly file: string }
  | { readonly kind: 'done'; readonly exitCode: number; readonly milliseconds: number }
  | { readonly kind: 'cancelled' };

/** One command and what came of it. */
export class ConsoleEntry {
  readonly id: number;
  readonly line: string;
  parts = $state.raw<readonly OutputPart[]>([]);
  files = $state.raw<readonly OutputFile[]>([]);
  state = $state.raw<EntryState>({ kind: 'cancelled' });

  constructor(id: number, line: string) {
    this.id = id;
    this.line = line;
  }

  /** Text of the same stream is joined. */
  append(text: string, stream: OutputPart['stream']): void {
    const last = this.parts.at(-1);
    this.parts =
      last?.stream === stream
        ? [...this.parts.slice(0, -1), { stream, text: last.text + text }]
        : [...this.parts, { stream, text }];
  }
}

export interface ConsoleDependencies {
  readonly run: RunLine;
  readonly picker: FilePicker;
  readonly tasks: Tasks;
  readonly now: () => number;
}

/** The console of this tab: what was typed and what it answered. Survives a change of view, not a reload. */
export class ConsoleSession {
  #entries = $state.raw<readonly ConsoleEntry[]>([]);
  #running = $state.raw<Task | undefined>(undefined);
  readonly #history: string[] = [];
  readonly #dependencies: ConsoleDependencies;
  #nextId = 1;

  constructor(dependencies: ConsoleDependencies) {
    this.#dependencies = dependencies;
  }

  get entries(): readonly ConsoleEntry[] {
    return this.#entries;
  }

  /** The command that runs now; there is one at a time. */
  get running(): Task | undefined {
    return this.#running;
  }

  /** What was typed, oldest first, without repetitions in a row. */
  get history(): readonly string[] {
    return this.#history;
  }

  clear(): void {
    this.#entries = [];
  }

  /** Runs a line as if it was typed. Ignored while another runs. */
  async submit(typed: string): Promise<void> {
    const line = typed.trim();
    if (line === '' || this.#running) return;
    if (this.#history.at(-1) !== line) this.#history.push(line);
    const entry = new ConsoleEntry(this.#nextId++, line);
    const { task, result } = this.#dependencies.tasks.start(
      { kind: 'command', subject: line },
      (options) => this.#run(entry, options),
    );
    entry.state = { kind: 'running', task };
    this.#running = task;
    this.#entries = [...this.#entries, entry];
    try {
      await result;
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** The session as text, to be pasted. */
  transcript(): string {
    return this.#entries
      .map(({ line, parts }) => `$ ${line}\n${parts.map(({ text }) => text).join('')}`)
      .join('\n');
  }

  async #run(entry: ConsoleEntry, { signal, onProgress }: TaskOptions): Promise<void> {
    const { run, now } = this.#dependencies;
    const startedAt = now();
    const { exitCode } = await run(entry.line, {
      signal,
      onProgress,
      console: {
        onOutput: (text, stream) => entry.append(text, stream),
        openFile: (name) => this.#openFile(entry, name, signal),
        createFile: (name) =>
          Promise.resolve({
            write: (content) => {
              entry.files = [...entry.files, { name: name.split('/').at(-1) ?? name, content }];
              return Promise.resolve();
            },
            discard: () => Promise.resolve(),
          }),
        confirm: () => Promise.resolve(false),
        askText: () => Promise.resolve(undefined),
        askPassword: () => Promise.resolve(undefined),
        clear: () => this.clear(),
      },
    });
    if (signal?.aborted) {
      entry.state = { kind: 'cancelled' };
      signal.throwIfAborted();
    }
    entry.state = { kind: 'done', exitCode, milliseconds: now() - startedAt };
  }

  async #openFile(
    entry: ConsoleEntry,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<Blob | undefined> {
    const before = entry.state;
    if (before.kind === 'running') entry.state = { kind: 'waiting', task: before.task, file: name };
    const file = await this.#dependencies.picker.pickOne(signal);
    entry.state = before;
    return file;
  }
}
