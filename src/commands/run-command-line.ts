import { isAbort, isCoded, toErrorRecord, type ErrorRecord } from '../base/errors';
import type { TaskOptions } from '../base/task';
import { COMMANDS } from './all-commands';
import type {
  CommandContext,
  CommandEnvironment,
  CommandFiles,
  Output,
  OutputFile,
} from './command';
import { CommandError } from './errors';
import { OutputBuffer } from './output-buffer';
import { argumentProblem } from './run-arguments';
import { runWords } from './run-words';
import { splitShellLine, type ShellLine } from './shell/shell-words';

/** `window.drydock.run`'s options, and what a console puts in the place of its buffers. */
export interface RunOptions extends TaskOptions {
  /** What `-i NAME`, `< NAME` read. */
  readonly files?: Readonly<Record<string, Blob>>;
  /** For "2 weeks ago". */
  readonly now?: Date;
  /** Gets what ended the command, with its code: what is printed of it is docker's sentence alone. */
  readonly onFailure?: (failure: ErrorRecord) => void;
  readonly console?: ConsoleHooks;
}

/** What a console does itself. */
export interface ConsoleHooks {
  /** Gets all text as it comes, in order. */
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Asked for a file that `files` has not got. */
  readonly openFile: (name: string) => Promise<Blob | undefined>;
  /** Makes what `-o NAME`, `> NAME` write to, in the place of `RunResult.files`. Called before the long part of the work. */
  readonly createFile: (name: string) => Promise<OutputFile>;
  /** Each answers what was just printed; `askText` and `askPassword` with undefined where the user gives none. */
  readonly confirm: () => Promise<boolean>;
  readonly askText: () => Promise<string | undefined>;
  readonly askPassword: () => Promise<string | undefined>;
  readonly clear: () => void;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `-o NAME`, `> NAME` wrote. */
  readonly files: Readonly<Record<string, Blob>>;
}

/** A shell's exit code for what was ended by Ctrl-C. */
const ABORTED_EXIT_CODE = 130;

/** Runs one command line. Never rejects for what a user can cause: that is `exitCode` and `stderr`. */
export async function runCommandLine(
  line: string,
  environment: CommandEnvironment,
  options: RunOptions = {},
): Promise<RunResult> {
  const problem = argumentProblem(line, options);
  if (problem !== undefined) {
    return { exitCode: 1, stdout: '', stderr: `${problem}\n`, files: {} };
  }
  const run = new CommandRun(options);
  try {
    const exitCode = await run.execute(line, environment);
    // What was done before the abort was seen is done, and says so.
    if (exitCode !== 0) options.signal?.throwIfAborted();
    return run.result(exitCode);
  } catch (error) {
    if (isAbort(error) || options.signal?.aborted) {
      return { exitCode: ABORTED_EXIT_CODE, stdout: run.stdout, stderr: '', files: {} };
    }
    return run.fail(error);
  }
}

/** One line being run: its output, and the files it reads and writes. */
class CommandRun implements CommandFiles {
  readonly #options: RunOptions;
  readonly #out: OutputBuffer;
  readonly #err: OutputBuffer;
  #redirected: OutputBuffer | undefined;
  readonly #written = new Map<string, Blob>();

  constructor(options: RunOptions) {
    this.#options = options;
    const { console } = options;
    this.#out = new OutputBuffer((text) => console?.onOutput(text, 'stdout'));
    this.#err = new OutputBuffer((text) => console?.onOutput(text, 'stderr'));
  }

  get stdout(): string {
    return this.#out.text;
  }

  async execute(line: string, environment: CommandEnvironment): Promise<number> {
    const shellLine = splitShellLine(line);
    if (shellLine.words.length === 0) return 0;
    const context = await this.#context(shellLine, environment);
    const exitCode = await this.#withWarnings(context, () =>
      runWords(COMMANDS, shellLine.words, context),
    );
    await this.#finishRedirection(shellLine.output, exitCode);
    return exitCode;
  }

  /** What a registry warns of meanwhile is said once, beside what the command says. */
  async #withWarnings<T>(
    { registries, err }: Pick<CommandContext, 'registries' | 'err'>,
    run: () => Promise<T>,
  ): Promise<T> {
    const end = registries.warnings.listen(({ registry, text }) =>
      err.write(`WARNING: ${registry}: ${text}\n`),
    );
    try {
      return await run();
    } finally {
      end();
    }
  }

  result(exitCode: number): RunResult {
    return {
      exitCode,
      stdout: this.#out.text,
      stderr: this.#err.text,
      files: Object.fromEntries(this.#written),
    };
  }

  /** Ends with what is wrong on stderr. What is not an error of ours is a fault of the program, and says so. */
  fail(error: unknown): RunResult {
    this.#options.onFailure?.(toErrorRecord(error));
    const known = isCoded(error);
    const text = error instanceof Error ? error.message : String(error);
    const message = known ? text : `internal error: ${text}`;
    if (message !== '') this.#err.write(`${message}\n`);
    return this.result(error instanceof CommandError ? error.exitCode : 1);
  }

  async read(name: string): Promise<Blob | undefined> {
    const { files = {}, console } = this.#options;
    if (!Object.hasOwn(files, name)) return console?.openFile(name);
    const blob = files[name];
    return blob && namedAs(name, blob);
  }

  async create(name: string): Promise<OutputFile> {
    if (this.#options.console) return this.#options.console.createFile(name);
    return {
      write: (content) => Promise.resolve(void this.#written.set(name, content)),
      discard: () => Promise.resolve(),
    };
  }

  async #context(line: ShellLine, environment: CommandEnvironment): Promise<CommandContext> {
    const { signal, onProgress, now, console } = this.#options;
    signal?.throwIfAborted();
    const input = line.input === undefined ? undefined : await this.#openInput(line.input);
    const { output } = line;
    if (output !== undefined) this.#redirected = new OutputBuffer(() => undefined, false);
    const err: Output = this.#err;
    return {
      ...environment,
      out: this.#redirected ?? this.#out,
      err,
      files: this,
      redirection: output === undefined ? undefined : () => this.#takeRedirection(output),
      input,
      now: () => now?.getTime() ?? Date.now(),
      clear: () => console?.clear(),
      confirm: () => console?.confirm() ?? Promise.resolve(false),
      isInteractive: console !== undefined,
      askText: () => console?.askText() ?? Promise.resolve(undefined),
      askPassword: () => console?.askPassword() ?? Promise.resolve(undefined),
      signal,
      onProgress,
    };
  }

  async #openInput(name: string): Promise<NonNullable<CommandContext['input']>> {
    const blob = await this.read(name);
    if (!blob) throw new CommandError('refused', `open ${name}: no such file or directory`);
    return { name, blob };
  }

  #takeRedirection(name: string): Promise<OutputFile> {
    this.#redirected = undefined;
    return this.create(name);
  }

  /** A shell would leave an empty file where a command failed; nobody wants one. */
  async #finishRedirection(name: string | undefined, exitCode: number): Promise<void> {
    const buffer = this.#redirected;
    if (name === undefined || !buffer || (exitCode !== 0 && buffer.isEmpty)) return;
    this.#options.signal?.throwIfAborted();
    const file = await this.create(name);
    await file.write(buffer.blob(), this.#options);
  }
}

/** The blob by the name that was typed, which errors are to say. One without bytes may be a file that is gone, which only the file itself tells. */
function namedAs(name: string, blob: Blob): Blob {
  const isNamed = blob instanceof File && blob.name === name;
  return isNamed || blob.size === 0 ? blob : new File([blob], name, { type: blob.type });
}
