import { badInstruction } from './errors';

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In lower case. */
  readonly name: string;
  /** `--interval=5s`, unquoted. */
  readonly flags: readonly string[];
  /** What the instruction's own grammar makes of the rest; of `ENV` and `LABEL` names and values in turn. */
  readonly args: readonly string[];
  /** The arguments were written as a JSON array. */
  readonly isJson: boolean;
  /** The line, its continuations joined. */
  readonly original: string;
}

type Arguments = Pick<Instruction, 'args' | 'isJson'>;
type ArgumentGrammar = (rest: string, name: string, escape: string) => Arguments;

const plain = (...args: readonly string[]): Arguments => ({ args, isJson: false });
const whole: ArgumentGrammar = (rest) => (rest === '' ? plain() : plain(rest));
const words: ArgumentGrammar = (rest) => plain(...rest.split(/\s+/u).filter(Boolean));
const jsonOr =
  (other: ArgumentGrammar): ArgumentGrammar =>
  (rest, name, escape) => {
    const args = jsonStrings(rest);
    return args ? { args, isJson: true } : other(rest, name, escape);
  };

const GRAMMARS: ReadonlyMap<string, ArgumentGrammar> = new Map<string, ArgumentGrammar>([
  ...['cmd', 'entrypoint', 'run', 'shell'].map((name) => [name, jsonOr(whole)] as const),
  ...['add', 'copy', 'volume'].map((name) => [name, jsonOr(words)] as const),
  ...['expose', 'from'].map((name) => [name, words] as const),
  ...['env', 'label'].map((name) => [name, nameValues] as const),
  ['healthcheck', healthcheck],
  ['onbuild', onbuild],
]);

/**
 * Reads one line, as BuildKit's parser of engine 20.10 does. `escape` is `\` or what a directive put in its place. Throws
 * `bad-instruction`. https://github.com/moby/buildkit/blob/v0.8.3/frontend/dockerfile/parser/line_parsers.go
 */
export function parseInstruction(line: string, escape: string): Instruction {
  const [, word = '', after = ''] = /^(\S*)\s*([^]*)$/u.exec(line.trim()) ?? [];
  const name = word.toLowerCase();
  const { flags, rest } = splitFlags(after);
  const grammar = GRAMMARS.get(name) ?? whole;
  return { name, flags, ...grammar(rest.trim(), name, escape), original: line };
}

const FLAG = /^\s*(--(?:\\[^]|'(?:\\[^]|[^'\\])*'?|"(?:\\[^]|[^"\\])*"?|[^\s'"\\]|\\$)*)/u;

/** Words that begin with two dashes, unquoted, up to the first that does not; two dashes alone end them. */
function splitFlags(text: string): {
  readonly flags: readonly string[];
  readonly rest: string;
} {
  const flags: string[] = [];
  let rest = text;
  for (let match = FLAG.exec(rest); match; match = FLAG.exec(rest)) {
    const flag = (match[1] ?? '').replace(/\\([^])|['"\\]/gu, '$1');
    rest = rest.slice(match[0].length);
    if (flag === '--') break;
    flags.push(flag);
  }
  return { flags, rest };
}

/** The JSON array of strings that a text begins with; undefined where it begins with none. Go's decoder looks no further than its end. */
function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const items = firstArray(text);
  if (!items) return undefined;
  if (items.every((item) => typeof item === 'string')) return items;
  throw badInstruction('when using JSON array syntax, arrays must be comprised of strings only');
}

function firstArray(text: string): readonly unknown[] | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:\\[^]|[^"\\])*"|[[\]{}]/gu)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > 0) continue;
    try {
      const value: unknown = JSON.parse(text.slice(0, index + token.length));
      return Array.isArray(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** `NAME=value …`, or `NAME` and all that follows as its value. Quotes and escapes stay. */
function nameValues(rest: string, name: string, escape: string): Arguments {
  const pairs = quotedWords(rest, escape);
  const [first] = pairs;
  if (first === undefined) return plain();
  if (!first.includes('=')) {
    const [, key = '', value] = /^(\S+)\s+([^]*)$/u.exec(rest) ?? [];
    if (value === undefined) {
      throw badInstruction(`${name.toUpperCase()} must have two arguments`);
    }
    return plain(key, value);
  }
  return plain(
    ...pairs.flatMap((pair) => {
      const equals = pair.indexOf('=');
      if (equals >= 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      const quoted = JSON.stringify(pair);
      throw badInstruction(
        `Syntax error - can't find = in ${quoted}. Must be of the form: name=value`,
      );
    }),
  );
}

function quotedWords(text: string, escape: string): readonly string[] {
  const e = escape === '\\' ? String.raw`\\` : escape;
  const word = new RegExp(
    `(?:${e}[^]|'[^']*(?:'|$)|"(?:${e}[^]|[^"${e}])*(?:"|$)|[^\\s'"${e}])+`,
    'gu',
  );
  return text.match(word) ?? [];
}

function healthcheck(rest: string, name: string, escape: string): Arguments {
  const [, type = '', command = ''] = /^(\S*)\s*([^]*)$/u.exec(rest) ?? [];
  if (type === '') return plain();
  const { args, isJson } = jsonOr(whole)(command, name, escape);
  return { args: [type, ...args], isJson };
}

/** The instruction in it must be one that can be read. */
function onbuild(rest: string, _name: string, escape: string): Arguments {
  if (rest === '') return plain();
  return plain(parseInstruction(rest, escape).name);
}
