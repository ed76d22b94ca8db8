import type { CommandGroup, CommandTree } from '../command-tree';
import { GLOBAL_FLAGS } from '../docker/global-flags';
import { HELP_FLAG, type FlagSpec } from '../shell/flags';
import { lineWords } from '../shell/line-words';
import type { Usage } from '../shell/usage';

/** The words before the one at the caret, and what of that one is there. */
export interface TypedWords {
  readonly before: readonly string[];
  readonly typed: string;
  readonly start: number;
  /** The word is the name of `< NAME` or `> NAME`. */
  readonly isFileName: boolean;
}

/** What kind of word stands at the caret. */
export type LinePlace =
  | { readonly kind: 'program' }
  | { readonly kind: 'verb'; readonly group: CommandGroup; readonly flags: readonly FlagSpec[] }
  | {
      readonly kind: 'word';
      readonly usage: Usage;
      readonly flags: readonly FlagSpec[];
      /** Flags that stand before it, by name. */
      readonly given: ReadonlySet<string>;
      readonly operands: readonly string[];
      /** The flag whose value the word is. */
      readonly openFlag?: FlagSpec;
      /** `--` stands before it: no more flags. */
      readonly endsFlags: boolean;
    }
  /** No command of ours begins like this. */
  | { readonly kind: 'nowhere' };

/** The words of a line up to its caret. */
export function typedWords(line: string, caret: number): TypedWords {
  const words = lineWords(line.slice(0, caret));
  const last = words.at(-1);
  const isTyping = last?.kind === 'word' && last.end === caret;
  const complete = isTyping ? words.slice(0, -1) : words;
  const before = complete.flatMap((word, i) =>
    word.kind === 'word' && complete[i - 1]?.kind !== 'operator' ? [word.text] : [],
  );
  return {
    before,
    typed: isTyping ? last.text : '',
    start: isTyping ? last.start : caret,
    isFileName: complete.at(-1)?.kind === 'operator',
  };
}

/** Where the word after `before` stands, by the same tree that runs the line. */
export function placeOf(tree: CommandTree, before: readonly string[]): LinePlace {
  const [program, ...words] = before;
  if (program === undefined) return { kind: 'program' };
  const group = tree.program(program);
  if (!group) return { kind: 'nowhere' };
  const global = program === 'docker' ? GLOBAL_FLAGS : [];
  const rest = afterFlags(words, global);
  if (!rest) return { kind: 'nowhere' };
  const found = tree.find(group, rest);
  if (found.kind === 'group') {
    const isVerbNext = found.words.every((word) => word.startsWith('-'));
    if (!isVerbNext) return { kind: 'nowhere' };
    return { kind: 'verb', group: found.group, flags: found.group === group ? global : [] };
  }
  const { usage, words: own } = found;
  const flags = [...usage.flags.filter(({ hidden }) => !hidden), HELP_FLAG];
  return { kind: 'word', usage, flags, ...readWords(own, usage.flags) };
}

/** The words that follow a program's own flags; undefined where the value of one of those is being typed. */
function afterFlags(
  words: readonly string[],
  specs: readonly FlagSpec[],
): readonly string[] | undefined {
  let at = 0;
  for (let word = words[0]; word?.startsWith('-'); word = words[at]) {
    at += openFlagOf(word, specs) ? 2 : 1;
    if (at > words.length) return undefined;
  }
  return words.slice(at);
}

type ReadWords = Pick<
  Extract<LinePlace, { kind: 'word' }>,
  'given' | 'operands' | 'openFlag' | 'endsFlags'
>;

/** What was given of a command. Unlike the parser it knows of no error: an unknown flag is passed over. */
function readWords(words: readonly string[], specs: readonly FlagSpec[]): ReadWords {
  const given = new Set<string>();
  const operands: string[] = [];
  let openFlag: FlagSpec | undefined;
  let endsFlags = false;
  for (const word of words) {
    if (openFlag) openFlag = undefined;
    else if (endsFlags || word === '-' || !word.startsWith('-')) operands.push(word);
    else if (word === '--') endsFlags = true;
    else {
      for (const { name } of flagsOf(word, specs)) given.add(name);
      openFlag = openFlagOf(word, specs);
    }
  }
  return { given, operands, endsFlags, ...(openFlag ? { openFlag } : {}) };
}

/** The flags of one word: one by its name, or one a letter up to the first that takes a value. */
function flagsOf(word: string, specs: readonly FlagSpec[]): readonly FlagSpec[] {
  if (word.startsWith('--')) {
    const [name] = word.slice(2).split('=', 1);
    return specs.filter((spec) => spec.name === name);
  }
  const found: FlagSpec[] = [];
  for (let at = 1; at < word.length && (found.at(-1)?.kind ?? 'bool') === 'bool'; at++) {
    const spec = specs.find(({ shorthand }) => shorthand === word.charAt(at));
    if (!spec) break;
    found.push(spec);
  }
  return found;
}

/** The flag whose value is the word after `word`; undefined where that is complete. */
function openFlagOf(word: string, specs: readonly FlagSpec[]): FlagSpec | undefined {
  if (word.includes('=')) return undefined;
  const flags = flagsOf(word, specs);
  const last = flags.at(-1);
  if (!last || last.kind === 'bool') return undefined;
  // What is left of a word after a letter that takes a value is that value: `-fdangling=true`.
  return word.startsWith('--') || word.length === flags.length + 1 ? last : undefined;
}
