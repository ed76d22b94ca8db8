import { CommandError } from '../errors';
import { parseFilter } from './filter-flag';

/** How a flag takes its value. `filter` is `name=value`, any number of times; `list` keeps every value as it is; `csv` splits each at commas; `int` is a whole number. */
export type FlagKind = 'bool' | 'string' | 'int' | 'filter' | 'list' | 'csv';

export interface FlagSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly shorthand?: string;
  readonly kind: FlagKind;
  /** What help says of it; lines are as docker breaks them, the rest is wrapped. */
  readonly help: string;
  /** What help calls the value, where it is not the kind's own name. */
  readonly valueName?: string;
  /** A boolean's value where the flag is not given. */
  readonly default?: true;
  /** What its value may be, for completion; one that ends in `=` goes on after it: `dangling=`. */
  readonly values?: readonly string[];
  /** Not listed in help: a flag that the engine of the conformance pair is too old for. */
  readonly hidden?: true;
}

/** What was given of a command's flags, and what was no flag. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #specs: readonly FlagSpec[];

  constructor(values: ReadonlyMap<string, readonly string[]>, specs: readonly FlagSpec[]) {
    this.#values = values;
    this.#specs = specs;
  }

  bool(name: string): boolean {
    const value = this.#values.get(name)?.at(-1);
    if (value === undefined) return this.#spec(name)?.default ?? false;
    return value === 'true';
  }

  /** The last value; 0 where there is none. */
  int(name: string): number {
    return Number(this.string(name));
  }

  /** The last value, empty where there is none. */
  string(name: string): string {
    return this.#values.get(name)?.at(-1) ?? '';
  }

  /** Every value, in order. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  isSet(name: string): boolean {
    return this.#values.has(name);
  }

  #spec(name: string): FlagSpec | undefined {
    return this.#specs.find((spec) => spec.name === name);
  }
}

export interface ParsedWords {
  readonly flags: FlagValues;
  readonly operands: readonly string[];
  /** The deprecated `-h` was used. */
  readonly usedShortHelp: boolean;
}

/** What every command has. */
export const HELP_FLAG: FlagSpec = {
  name: 'help',
  shorthand: 'h',
  kind: 'bool',
  help: 'Print usage',
  hidden: true,
};

/**
 * Reads flags as docker's client (spf13/pflag) does. Flags may stand after operands unless `interspersed` is false; `--` ends them.
 * Throws `usage` with the first thing that is wrong, in pflag's words.
 */
export function parseFlags(
  words: readonly string[],
  specs: readonly FlagSpec[],
  { interspersed = true }: { readonly interspersed?: boolean } = {},
): ParsedWords {
  const reader = new FlagReader(words, [...specs, HELP_FLAG]);
  return reader.read(interspersed);
}

class FlagReader {
  readonly #words: string[];
  readonly #specs: readonly FlagSpec[];
  readonly #values = new Map<string, string[]>();
  #usedShortHelp = false;

  constructor(words: readonly string[], specs: readonly FlagSpec[]) {
    this.#words = [...words];
    this.#specs = specs;
  }

  read(interspersed: boolean): ParsedWords {
    const operands: string[] = [];
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === '--') {
        operands.push(...this.#words.splice(0));
      } else if (word.startsWith('--')) this.#long(word);
      else if (word.startsWith('-') && word !== '-') this.#short(word.slice(1), word);
      else {
        operands.push(word);
        if (!interspersed) operands.push(...this.#words.splice(0));
      }
    }
    return {
      flags: new FlagValues(this.#values, this.#specs),
      operands,
      usedShortHelp: this.#usedShortHelp,
    };
  }

  #long(word: string): void {
    const body = word.slice(2);
    if (body === '' || body.startsWith('-') || body.startsWith('=')) {
      throw flagError(`bad flag syntax: ${word}`);
    }
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const spec = this.#specs.find((each) => each.name === name);
    if (!spec) throw flagError(`unknown flag: --${name}`);
    if (equals >= 0) this.#set(spec, body.slice(equals + 1));
    else if (spec.kind === 'bool') this.#set(spec, 'true');
    else this.#set(spec, this.#next(`flag needs an argument: --${name}`));
  }

  /** `letters` of one word: flags without values, and at most one with a value, which ends the word. */
  #short(letters: string, word: string): void {
    const letter = letters[0] ?? '';
    const spec = this.#specs.find((each) => each.shorthand === letter);
    if (!spec) throw flagError(`unknown shorthand flag: '${letter}' in -${letters}`);
    if (spec === HELP_FLAG) this.#usedShortHelp = true;
    const rest = letters.slice(1);
    if (rest.length > 1 && rest.startsWith('=')) this.#set(spec, rest.slice(1));
    else if (spec.kind === 'bool') {
      this.#set(spec, 'true');
      if (rest !== '') this.#short(rest, word);
    } else if (rest !== '') this.#set(spec, rest);
    else this.#set(spec, this.#next(`flag needs an argument: '${letter}' in -${letters}`));
  }

  #next(complaint: string): string {
    const word = this.#words.shift();
    if (word === undefined) throw flagError(complaint);
    return word;
  }

  #set(spec: FlagSpec, text: string): void {
    const values = this.#values.get(spec.name) ?? [];
    this.#values.set(spec.name, [...values, ...readValue(spec, text)]);
  }
}

function readValue(spec: FlagSpec, text: string): readonly string[] {
  switch (spec.kind) {
    case 'bool':
      return [String(parseBool(spec, text))];
    case 'string':
    case 'list':
      return [text];
    case 'filter': {
      const filter = parseFilter(text);
      if (filter === undefined) {
        throw badValue(spec, text, 'bad format of filter (expected name=value)');
      }
      return filter === '' ? [] : [filter];
    }
    case 'int':
      return [parseInt64(spec, text)];
    case 'csv':
      return text === '' ? [] : text.split(',');
  }
}

/** What Go's strconv.ParseBool takes. */
function parseBool(spec: FlagSpec, text: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw badValue(spec, text, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** What Go's strconv.ParseInt takes with base 0: signs, and the prefixes and underscores of Go's own literals. */
function parseInt64(spec: FlagSpec, text: string): string {
  const match =
    /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])*|[1-9](?:_?\d)*)$/.exec(
      text,
    );
  const [, sign = '', digits = ''] = match ?? [];
  const complain = (problem: string): CommandError =>
    badValue(spec, text, `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`);
  if (!match) throw complain('invalid syntax');
  const plain = digits.replaceAll('_', '');
  const value = BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain);
  const signed = sign === '-' ? -value : value;
  if (BigInt.asIntN(64, signed) !== signed) throw complain('value out of range');
  return String(signed);
}

function badValue(spec: FlagSpec, text: string, problem: string): CommandError {
  const { name, shorthand } = spec;
  // A shorthand that is deprecated is not told.
  const isTold = shorthand !== undefined && spec !== HELP_FLAG;
  const flag = isTold ? `-${shorthand}, --${name}` : `--${name}`;
  return flagError(`invalid argument ${JSON.stringify(text)} for "${flag}" flag: ${problem}`);
}

function flagError(message: string): CommandError {
  return new CommandError('usage', message);
}
