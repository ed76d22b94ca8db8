import { brokenByte, decodeGo, encodeGo } from '../../base/go-text';
import { isAnyEqual, isEqual, isLess } from './comparison';
import { FunctionProblem } from './errors';
import { sprint, sprintln } from './go-format';
import { sprintf } from './go-printf';
import {
  goBool,
  goInt,
  goString,
  indirect,
  INVALID,
  isTrue,
  typeOf,
  type GoFunction,
  type GoValue,
  type Parameter,
} from './go-value';

const text = (value: GoValue | undefined): string => (value?.kind === 'string' ? value.value : '');
const of = (
  parameters: readonly Parameter[],
  call: GoFunction['call'],
  rest?: Parameter,
): GoFunction => ({ parameters, call, ...(rest ? { rest } : {}) });

/** The functions of Go's text/template, but `and` and `or`, which the executor evaluates as far as it must. */
export const BUILTINS: ReadonlyMap<string, GoFunction> = new Map([
  ['call', of(['any'], ([value = INVALID], first) => callValue(value, first), 'any')],
  ['html', of([], (values) => goString(escapeHtml(joined(values))), 'any')],
  ['index', of(['any'], ([item = INVALID, ...keys]) => indexAll(item, keys), 'any')],
  ['js', of([], (values) => goString(escapeJs(joined(values))), 'any')],
  ['len', of(['any'], ([value = INVALID]) => goInt(length(value)))],
  ['not', of(['any'], ([value = INVALID]) => goBool(!isTrue(value)))],
  ['print', of([], (values) => goString(sprint(values)), 'any')],
  [
    'printf',
    of(['string'], ([format, ...values]) => goString(sprintf(text(format), values)), 'any'),
  ],
  ['println', of([], (values) => goString(sprintln(values)), 'any')],
  ['slice', of(['any'], ([item = INVALID, ...indexes]) => slice(item, indexes), 'any')],
  ['urlquery', of([], (values) => goString(escapeQuery(joined(values))), 'any')],
  ['eq', of(['any'], ([first = INVALID, ...others]) => goBool(isAnyEqual(first, others)), 'any')],
  ['ne', of(['any', 'any'], ([a = INVALID, b = INVALID]) => goBool(!isEqual(a, b)))],
  ['lt', of(['any', 'any'], ([a = INVALID, b = INVALID]) => goBool(isLess(a, b)))],
  ['le', of(['any', 'any'], ([a = INVALID, b = INVALID]) => goBool(isLess(a, b) || isEqual(a, b)))],
  [
    'gt',
    of(['any', 'any'], ([a = INVALID, b = INVALID]) => goBool(!isLess(a, b) && !isEqual(a, b))),
  ],
  ['ge', of(['any', 'any'], ([a = INVALID, b = INVALID]) => goBool(!isLess(a, b)))],
]);

/** Nothing that docker's client gives a template is a function. */
function callValue(value: GoValue, written: string): never {
  if (isNothing(value)) throw new FunctionProblem('call of nil');
  throw new FunctionProblem(`non-function ${written} of type ${typeOf(value)}`);
}

function isNothing(value: GoValue): boolean {
  return value.kind === 'invalid' || value.kind === 'nil';
}

/** What `html`, `js` and `urlquery` write of their arguments. */
function joined(values: readonly GoValue[]): string {
  return sprint(
    values.map((value) => (isNothing(value) ? goString('<no value>') : indirect(value))),
  );
}

function indexAll(value: GoValue, keys: readonly GoValue[]): GoValue {
  if (isNothing(value)) throw new FunctionProblem('index of untyped nil');
  return keys.reduce(index, value);
}

function index(value: GoValue, key: GoValue): GoValue {
  const item = indirect(value);
  switch (item.kind) {
    case 'invalid':
    case 'nil':
    case 'pointer':
      throw new FunctionProblem('index of nil pointer');
    case 'slice':
    case 'string': {
      const size = length(item);
      const at = position(key, size);
      if (at === size) throw new FunctionProblem(`reflect: ${item.kind} index out of range`);
      return item.kind === 'slice'
        ? (item.items?.[at] ?? INVALID)
        : goInt(bytesOf(item.value)[at] ?? 0, 'uint8');
    }
    case 'map':
      if (key.kind === 'invalid' || key.kind === 'nil') {
        throw new FunctionProblem('value is nil; should be of type string');
      }
      if (key.kind !== 'string') {
        throw new FunctionProblem(`value has type ${typeOf(key)}; should be string`);
      }
      return item.entries?.get(key.value) ?? item.zero;
    default:
      throw new FunctionProblem(`can't index item of type ${typeOf(item)}`);
  }
}

/** An index from 0 to `most`. */
function position(key: GoValue, most: number): number {
  if (key.kind === 'invalid' || key.kind === 'nil') {
    throw new FunctionProblem('cannot index slice/array with nil');
  }
  if (key.kind !== 'int') {
    throw new FunctionProblem(`cannot index slice/array with type ${typeOf(key)}`);
  }
  if (key.value < 0n || key.value > most) {
    throw new FunctionProblem(`index out of range: ${key.value}`);
  }
  return Number(key.value);
}

function slice(value: GoValue, indexes: readonly GoValue[]): GoValue {
  const item = indirect(value);
  if (item.kind === 'invalid' || item.kind === 'nil') {
    throw new FunctionProblem('slice of untyped nil');
  }
  if (indexes.length > 3) throw new FunctionProblem(`too many slice indexes: ${indexes.length}`);
  if (item.kind !== 'slice' && item.kind !== 'string') {
    throw new FunctionProblem(`can't slice item of type ${typeOf(item)}`);
  }
  if (item.kind === 'string' && indexes.length === 3) {
    throw new FunctionProblem('cannot 3-index slice a string');
  }
  const size = item.kind === 'string' ? bytesOf(item.value).length : (item.items?.length ?? 0);
  const [start = 0, end = size, most = size] = indexes.map((each) => position(each, size));
  if (start > end) throw new FunctionProblem(`invalid slice index: ${start} > ${end}`);
  if (end > most) throw new FunctionProblem(`invalid slice index: ${end} > ${most}`);
  return item.kind === 'string'
    ? { ...item, value: decodeGo(bytesOf(item.value).subarray(start, end)) }
    : { ...item, items: item.items?.slice(start, end) ?? null };
}

/** Length in bytes, items or entries. */
function length(value: GoValue): number {
  const item = indirect(value);
  switch (item.kind) {
    case 'invalid':
    case 'nil':
      throw new FunctionProblem('reflect: call of reflect.Value.Type on zero Value');
    case 'pointer':
      throw new FunctionProblem('len of nil pointer');
    case 'string':
      return bytesOf(item.value).length;
    case 'slice':
      return item.items?.length ?? 0;
    case 'map':
      return item.entries?.size ?? 0;
    default:
      throw new FunctionProblem(`len of type ${typeOf(item)}`);
  }
}

function bytesOf(value: string): Uint8Array {
  return encodeGo(value);
}

const HTML: ReadonlyMap<string, string> = new Map([
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\0', '\uFFFD'],
]);

function escapeHtml(value: string): string {
  return value.replace(/["'&<>\0]/g, (character) => HTML.get(character) ?? character);
}

const JS: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

function escapeJs(value: string): string {
  return value.replace(/[\\'"<>&=]|[^\x20-\x7E]/gu, (character) => {
    const known = JS.get(character);
    if (known !== undefined) return known;
    if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
    if (brokenByte(character) !== undefined) return character;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** Go's url.QueryEscape. */
function escapeQuery(value: string): string {
  const escaped = Array.from(value, (character) => {
    const byte = brokenByte(character);
    return byte === undefined
      ? encodeURIComponent(character)
      : `%${byte.toString(16).toUpperCase()}`;
  });
  return escaped
    .join('')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
