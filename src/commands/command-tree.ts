import { compareText } from '../base/compare-text';
import type { Command } from './command';
import { helpText, type Usage } from './shell/usage';

/** A word that has commands below it: `docker`, `docker image`, `drydock`. */
export interface CommandGroup {
  readonly path: string;
  /** What follows the path where its use is told after a wrong flag. */
  readonly operands: string;
  readonly help: string;
  /** What it prints without a verb, where that is not its help. */
  readonly bare?: string;
  /** Verbs below it that need an engine, so that Drydock has not got them. */
  readonly engineVerbs: readonly string[];
}

export type Found =
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly usage: Usage;
      readonly words: readonly string[];
    }
  | { readonly kind: 'group'; readonly group: CommandGroup; readonly words: readonly string[] };

/** A word that may follow, and what it leads to. */
export interface NextWord {
  readonly text: string;
  readonly summary: string;
}

/** Words that are whole commands, with no program before them. */
export const BUILT_INS = [
  { path: 'clear', summary: 'Empty the console' },
  { path: 'help', summary: 'Show this list' },
] as const;

/** Every command under the words that call it. */
export class CommandTree {
  readonly #commands: readonly Command[];
  readonly #groups: readonly CommandGroup[];

  constructor(commands: readonly Command[], groups: readonly CommandGroup[]) {
    this.#commands = commands;
    this.#groups = groups;
  }

  /** Every path and synonym, for completion and `help`. */
  get paths(): readonly { readonly path: string; readonly summary: string }[] {
    return this.#commands.flatMap(({ paths, synonyms = [], summary }) =>
      [...paths, ...synonyms].map((path) => ({ path, summary: headline(summary) })),
    );
  }

  /** The programs: groups that stand under no other. */
  get programs(): readonly NextWord[] {
    return this.#groups
      .filter(({ path }) => !path.includes(' '))
      .map(({ path, help }) => ({ text: path, summary: helpSummary(help) }));
  }

  /** Groups and verbs directly under a group, by name; synonyms are left out. */
  below(group: CommandGroup): readonly NextWord[] {
    const commands = this.#commands.flatMap(({ paths, summary }) =>
      paths.map((path) => ({ path, summary: headline(summary) })),
    );
    const groups = this.#groups.map(({ path, help }) => ({ path, summary: helpSummary(help) }));
    return [...groups, ...commands]
      .filter(
        ({ path }) => path.slice(0, path.lastIndexOf(' ')) === group.path && path !== group.path,
      )
      .map(({ path, summary }) => ({ text: path.slice(path.lastIndexOf(' ') + 1), summary }))
      .sort((a, b) => compareText(a.text, b.text));
  }

  /** The group that a program's name is; undefined for no program of ours. */
  program(name: string): CommandGroup | undefined {
    return name.includes(' ') ? undefined : this.#groups.find(({ path }) => path === name);
  }

  /**
   * Goes down from `group` as far as the words lead; `words` of the answer are those that are left, flags included. A flag before the
   * verb stays where it is, as with docker: `docker image --help ls` is the help of `ls`.
   */
  find(group: CommandGroup, words: readonly string[]): Found {
    const at = words.findIndex((word) => !/^-./.test(word));
    const verb = words[at];
    const flags = words.slice(0, Math.max(at, 0));
    if (verb === undefined || !flags.every(isHelpFlag)) return { kind: 'group', group, words };
    const path = `${group.path} ${verb}`;
    const rest = [...flags, ...words.slice(at + 1)];
    const below = this.#groups.find((each) => each.path === path);
    if (below) return this.find(below, rest);
    const command = this.#commands.find(
      ({ paths, synonyms }) => paths.includes(path) || synonyms?.includes(path),
    );
    if (!command) return { kind: 'group', group, words };
    const usage = { ...command, path: command.paths.includes(path) ? path : command.paths[0] };
    return { kind: 'command', command, usage, words: rest };
  }
}

/** The help of what was found. */
export function helpOf(found: Found): string {
  return found.kind === 'group' ? found.group.help : helpText(found.usage);
}

/** What a help text says of its command, below how it is used. */
export function helpSummary(help: string): string {
  return help.split('\n')[2] ?? '';
}

function isHelpFlag(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** The first sentence of a summary that has more. */
function headline(summary: string): string {
  const [first = ''] = summary.split('\n', 1);
  return first.replace(/\.$/, '');
}
