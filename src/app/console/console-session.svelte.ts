import { isAbort } from '../../base/errors';
import type { TaskOptions } from '../../base/task';
import type { OutputFile } from '../../commands/command';
import type { Completion } from '../../commands/completion/completion';
import type { FailedLine, Suggestion } from '../../commands/completion/suggestion';
import type { ConsoleHooks, RunOptions, RunResult } from '../../commands/run-command-line';
import { lineWords } from '../../commands/shell/line-words';
import { maskPasswords, passwordsIn, withoutMasked } from '../../commands/shell/mask-passwords';
import { ConsoleEntry, type Question, type WrittenFile } from './console-entry.svelte';
import type { ConsoleHistory } from './console-history';
import type { FilePicker } from '../file-picker';
import type { Task, Tasks } from '../tasks.svelte';

/** `runCommandLine` of commands/, with the store and the workers already given. */
export type RunLine = (line: string, options: RunOptions) => Promise<RunResult>;

/** Help with the line that is typed: `LineAssistant` of commands/. */
export interface LineHelp {
  complete(typed: { readonly line: string; readonly caret: number }): Promise<Completion>;
  suggest(failed: FailedLine): Promise<Suggestion | undefined>;
  /** The commands of a pasted text, without prompts, and without the output between them. */
  commandsIn(pasted: string): readonly string[];
}

export interface ConsoleDependencies {
  readonly run: RunLine;
  readonly help: LineHelp;
  readonly history: ConsoleHistory;
  readonly picker: FilePicker;
  /** Asks for a place on the disk: `createFile` of save-file. */
  readonly createFile: (name: string) => Promise<OutputFile>;
  readonly tasks: Tasks;
  readonly now: () => number;
}

/** A shell's exit code for what was given up. */
const ABORTED = 130;

/** Answers that are kept; older ones go. */
const MOST_ENTRIES = 1000;

/** The console of this tab: what was typed and what it answered. Survives a change of view; its history a reload, too. */
export class ConsoleSession {
  #entries = $state.raw<readonly ConsoleEntry[]>([]);
  #running = $state.raw<{ readonly task: Task; readonly entry: ConsoleEntry } | undefined>();
  readonly history: ConsoleHistory;
  readonly help: LineHelp;
  readonly #dependencies: ConsoleDependencies;
  #nextId = 1;

  constructor(dependencies: ConsoleDependencies) {
    this.#dependencies = dependencies;
    this.history = dependencies.history;
    this.help = dependencies.help;
  }

  get entries(): readonly ConsoleEntry[] {
    return this.#entries;
  }

  /** The command that runs now; there is one at a time. */
  get running(): Task | undefined {
    return this.#running?.task;
  }

  /** What the running command asks. */
  get question(): Question | undefined {
    const state = this.#running?.entry.state;
    return state?.kind === 'asking' ? state.question : undefined;
  }

  /** Takes away every answer but that of the command that runs. */
  clear(): void {
    const running = this.#running?.entry;
    this.#entries = running ? [running] : [];
  }

  /** Runs a line as if it was typed. Ignored while another runs. */
  async submit(typed: string): Promise<void> {
    const line = withoutMasked(typed.trim());
    if (line === '' || this.#running) return;
    const masked = maskPasswords(line);
    const entry = new ConsoleEntry(this.#nextId++, masked, passwordsIn(line));
    const { task, result } = this.#dependencies.tasks.start(
      { kind: 'command', subject: masked },
      (options) => this.#run(entry, line, options),
    );
    entry.state = { kind: 'running', task };
    this.#running = { task, entry };
    this.#entries = [...this.#entries, entry].slice(-MOST_ENTRIES);
    try {
      await Promise.all([result, this.history.add(masked)]);
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Runs lines one after another. False where one was cancelled, which is then the last. */
  async submitAll(lines: readonly string[]): Promise<boolean> {
    for (const line of lines) {
      await this.submit(line);
      if (this.#entries.at(-1)?.state.kind === 'cancelled') return false;
    }
    return true;
  }

  /** The session as text, to be pasted or saved. */
  transcript(): string {
    return this.#entries.map(({ line, text }) => `$ ${line}\n${text}`).join('\n');
  }

  async #run(entry: ConsoleEntry, line: string, options: TaskOptions): Promise<void> {
    const { run, now } = this.#dependencies;
    const { signal, onProgress } = options;
    const startedAt = now();
    // A command may ask something at once: by then the entry must have its task, which `start` is yet to give.
    await Promise.resolve();
    const { exitCode, stderr } = await run(line, {
      signal,
      onProgress: (progress) => {
        entry.progressed(progress);
        onProgress?.(progress);
      },
      console: this.#hooks(entry, signal),
    });
    if (signal?.aborted) {
      entry.state = { kind: 'cancelled' };
      signal.throwIfAborted();
    }
    // So ends a command whose file dialog was dismissed.
    entry.state = exitCode === ABORTED ? { kind: 'cancelled' } : { kind: 'done', exitCode };
    if (exitCode === 0) entry.sumUp(now() - startedAt);
    // What looks like a comment may have been pasted with the prompt of root.
    if ((exitCode !== 0 && exitCode !== ABORTED) || line.startsWith('#'))
      entry.suggestion = await this.help.suggest({ line: entry.line, stderr });
  }

  #hooks(entry: ConsoleEntry, signal: AbortSignal | undefined): ConsoleHooks {
    const ask = (kind: Question['kind']) => this.#ask(entry, kind, signal);
    return {
      onOutput: (text, stream) => entry.append(text, stream),
      openFile: (name) => this.#openFile(entry, name, signal),
      createFile: (name) => this.#createFile(entry, name),
      // docker takes nothing else for a yes.
      confirm: async () => (await ask('confirm'))?.trim().toLowerCase() === 'y',
      askText: () => ask('text'),
      askPassword: () => ask('password'),
      clear: () => {
        this.#entries = [];
      },
    };
  }

  /** What a command writes is kept in the tab, to be looked at first; saved images, of whatever size, go to the disk. */
  async #createFile(entry: ConsoleEntry, path: string): Promise<OutputFile> {
    const name = path.split('/').findLast((part) => part !== '') ?? path;
    const add = (file: WrittenFile): void => {
      entry.files = [...entry.files, file];
    };
    if (!savesImages(entry.line)) {
      return {
        write: (content) => {
          add({ name, size: content.size, content });
          return Promise.resolve();
        },
        discard: () => Promise.resolve(),
      };
    }
    const file = await this.#dependencies.createFile(name);
    return {
      write: async (content, options) => {
        await file.write(content, options);
        add({ name, size: content.size, content: undefined });
      },
      discard: () => file.discard(),
    };
  }

  /** Waits for an answer to what was printed last; undefined where the command is cancelled. */
  async #ask(
    entry: ConsoleEntry,
    kind: Question['kind'],
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const before = entry.state;
    if (before.kind !== 'running' || signal?.aborted) return undefined;
    const text = entry.text.trimEnd().split('\n').at(-1)?.trim() ?? '';
    const answer = await new Promise<string | undefined>((resolve) => {
      signal?.addEventListener('abort', () => resolve(undefined), { once: true });
      entry.state = { ...before, kind: 'asking', question: { kind, text, answer: resolve } };
    });
    entry.state = before;
    if (answer !== undefined) entry.echo(kind, answer);
    return answer;
  }

  async #openFile(
    entry: ConsoleEntry,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<Blob | undefined> {
    const before = entry.state;
    if (before.kind === 'running') entry.state = { ...before, kind: 'waiting', file: name };
    const file = await this.#dependencies.picker.pickOne(signal);
    entry.state = before;
    if (file) entry.opened(file.name);
    return file;
  }
}

/** `docker save`, `docker image save`, `drydock save`. */
function savesImages(line: string): boolean {
  const verbs = lineWords(line).filter(({ text }) => !text.startsWith('-'));
  return verbs.slice(1, 3).some(({ text }) => text === 'save');
}
