import { isAbort, isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import { configOfChanges } from '../../image/dockerfile/config-changes';
import { shortDigest, isDigest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import type { App } from '../app.svelte';
import { checkName, type NameCheck } from './name-check';
import { runCommand } from './run-command';

/** Making an image of a root filesystem: what it is to be like, as the command that makes it. */
export class Importing {
  readonly file: File;
  /** Without one the image goes by its ID. */
  name = $state('');
  message = $state('');
  /** Instructions, one a line. */
  changes = $state('');
  readonly #check: NameCheck;
  readonly #mistake: ErrorRecord | undefined;
  readonly #app: App;

  constructor(app: App, file: File) {
    this.#app = app;
    this.file = file;
    this.#check = $derived(checkName(this.name, app.library.rows));
    this.#mistake = $derived(mistakeIn(this.#instructions));
  }

  get check(): NameCheck {
    return this.#check;
  }

  /** What is wrong with the changes. */
  get mistake(): ErrorRecord | undefined {
    return this.#mistake;
  }

  /** That the image will be for: engines take their own. */
  get platform(): string {
    return formatPlatform(this.#app.settings.platform);
  }

  get isReady(): boolean {
    const isNamed = this.name.trim() === '' || this.#check.kind === 'right';
    return isNamed && this.#mistake === undefined;
  }

  get command(): string {
    const message = this.message.trim();
    return [
      'docker import',
      ...(message === '' ? [] : [`-m ${quoteShellWord(message)}`]),
      ...this.#instructions.map((instruction) => `-c ${quoteShellWord(instruction)}`),
      quoteShellWord(this.#fileWord),
      ...(this.#check.kind === 'right' ? [this.#check.name] : []),
    ].join(' ');
  }

  /** By the command that is shown. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const { notices, tasks, run, i18n } = this.#app;
    const { file, command } = this;
    const files = { [this.#fileWord]: file };
    const texts = i18n.texts.actions;
    const name = this.#check.kind === 'right' ? this.#check.name : undefined;
    try {
      const { stdout } = await tasks.start({ kind: 'import', subject: file.name }, (options) =>
        runCommand(run, command, { ...options, files }),
      ).result;
      notices.say(texts.imported(name ?? shortIdOf(stdout.trim())));
    } catch (error) {
      if (isAbort(error)) notices.say(i18n.first.shell.loadCancelled(file.name));
      else notices.fail({ error: toErrorRecord(error), file });
    }
  }

  get #instructions(): readonly string[] {
    return this.changes
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  }

  /** The file as a command names it: one that looks like a flag is none. */
  get #fileWord(): string {
    const { name } = this.file;
    return name.startsWith('-') ? `./${name}` : name;
  }
}

function mistakeIn(instructions: readonly string[]): ErrorRecord | undefined {
  try {
    configOfChanges(instructions);
    return undefined;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return toErrorRecord(error);
  }
}

function shortIdOf(id: string): string {
  return isDigest(id) ? shortDigest(id) : id;
}
