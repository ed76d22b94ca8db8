import { decodeGo, encodeGo } from '../../base/go-text';
import { goJson } from '../../image/go-json';
import {
  goString,
  goStrings,
  indirect,
  INVALID,
  toJson,
  type GoFunction,
  type GoValue,
  type Parameter,
} from './go-value';
import { FunctionProblem, TemplateError } from './errors';

/** Characters that a function may make, so that no template fills the memory. */
const MAX_PADDING = 1_000_000;

const text = (value: GoValue | undefined): string => (value?.kind === 'string' ? value.value : '');
const count = (value: GoValue | undefined): number =>
  value?.kind === 'int' ? Number(value.value) : 0;

const on = (
  parameters: readonly Parameter[],
  call: GoFunction['call'],
): readonly [readonly Parameter[], GoFunction['call']] => [parameters, call];

const FUNCTIONS = {
  json: on(['any'], ([value = INVALID]) => goString(json(value))),
  split: on(['string', 'string'], ([value, by]) => goStrings(split(text(value), text(by)))),
  join: on(['[]string', 'string'], ([values, by]) =>
    goString(values?.kind === 'slice' ? (values.items ?? []).map(text).join(text(by)) : ''),
  ),
  title: on(['string'], ([value]) => goString(title(text(value)))),
  lower: on(['string'], ([value]) => goString(eachCharacter(text(value), 'toLowerCase'))),
  upper: on(['string'], ([value]) => goString(eachCharacter(text(value), 'toUpperCase'))),
  pad: on(['string', 'int', 'int'], ([value, before, after]) =>
    goString(pad(text(value), count(before), count(after))),
  ),
  truncate: on(['string', 'int'], ([value, length]) =>
    goString(truncate(text(value), length?.kind === 'int' ? length.value : 0n)),
  ),
};

/** What docker's client adds to Go's functions. https://github.com/docker/cli/blob/v28.2.2/templates/templates.go */
export const DOCKER_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries(FUNCTIONS).map(([name, [parameters, call]]) => [name, { parameters, call }]),
);

/** The same for the heading of a table: a heading stays as it is, whatever is done to the cells below it. */
export const HEADER_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries(FUNCTIONS).map(([name, [parameters, call]]) => [
    name,
    name === 'pad'
      ? { parameters, call }
      : {
          parameters: parameters.map((parameter) => (parameter === 'int' ? 'int' : 'string')),
          call: ([value = INVALID]) => value,
        },
  ]),
);

function json(value: GoValue): string {
  const inner = indirect(value);
  const escapeHtml = inner.kind === 'struct' && inner.escapesHtml === true;
  try {
    return goJson(toJson(value), { escapeHtml, hasBytes: true }).trim();
  } catch (error) {
    if (error instanceof TemplateError) throw new FunctionProblem(error.message);
    throw error;
  }
}

function split(value: string, by: string): readonly string[] {
  return by === '' ? Array.from(value) : value.split(by);
}

type Change = 'toLowerCase' | 'toUpperCase';

/** Go changes character by character: one that would become two stays as it is. */
function eachCharacter(value: string, change: Change): string {
  return value.replace(/\P{ASCII}|[A-Za-z]+/gu, (text) => {
    const changed = text[change]();
    return Array.from(changed).length === Array.from(text).length
      ? changed
      : (ALONE[change].get(text) ?? text);
  });
}

const IOTA_BELOW = 'ᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾳῃῳ';
const IOTA_BESIDE = 'ᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾼῌῼ';

/** Characters for which Unicode has one other character as well as two. */
const ALONE: Readonly<Record<Change, ReadonlyMap<string, string>>> = {
  toLowerCase: new Map([['İ', 'i']]),
  toUpperCase: new Map(
    Array.from(IOTA_BELOW, (letter, i) => [letter, IOTA_BESIDE.charAt(i)] as const),
  ),
};

/** Letters that have another shape at the start of a word than among capitals: `ǆ`, `ǅ`, `Ǆ`; the middle one of each is it. */
const DIGRAPHS = 'ǄǅǆǇǈǉǊǋǌǱǲǳ';

/** The first character of every word as a title has it. Beyond ASCII only blanks part words. */
function title(value: string): string {
  return value.replace(/(?<=^|[\0-/:-@[-^`{-\x7f]|\p{White_Space})[^]/gu, (letter) => {
    const digraph = DIGRAPHS.indexOf(letter);
    if (digraph >= 0) return DIGRAPHS.charAt(digraph - (digraph % 3) + 1);
    // Georgian has capitals, but no titles.
    return /[\u10d0-\u10ff]/.test(letter) ? letter : eachCharacter(letter, 'toUpperCase');
  });
}

function pad(value: string, before: number, after: number): string {
  if (value === '') return value;
  if (before < 0 || after < 0) throw new FunctionProblem('strings: negative Repeat count');
  if (before + after > MAX_PADDING) {
    throw new FunctionProblem(`padding of more than ${MAX_PADDING} blanks`);
  }
  return ' '.repeat(before) + value + ' '.repeat(after);
}

/** Cuts to a number of bytes, as the client does; be it within a character. */
function truncate(value: string, length: bigint): string {
  const bytes = encodeGo(value);
  if (bytes.length < length) return value;
  if (length < 0n) {
    throw new FunctionProblem(`runtime error: slice bounds out of range [:${length}]`);
  }
  return decodeGo(bytes.subarray(0, Number(length)));
}
