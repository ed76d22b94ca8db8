import { compareText } from '../../base/compare-text';
import type { OrderedJson } from '../../image/go-json';
import { TemplateError } from './errors';

/**
 * A value as a Go template sees it, with as much of its type as templates can tell: in errors, in printing, in what functions take.
 */
export type GoValue =
  /** No value at all: a missing key of a map. Prints `<no value>`. */
  | { readonly kind: 'invalid' }
  /** A nil interface: `null` in a map of anything. */
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | {
      readonly kind: 'int';
      readonly value: bigint;
      readonly type: string;
      /** What its own `String` says. */
      readonly shown?: string;
      readonly methods?: GoMethods;
    }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'string'; readonly value: string; readonly type: string }
  | {
      readonly kind: 'slice';
      readonly items: readonly GoValue[] | null;
      readonly type: string;
      readonly shown?: string;
      readonly methods?: GoMethods;
    }
  | GoMap
  | GoStruct
  | { readonly kind: 'pointer'; readonly to: GoStruct | null; readonly type: string };

export interface GoMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, GoValue> | null;
  readonly type: string;
  /** What `index` gives for a key that is not there: the zero value of the elements. */
  readonly zero: GoValue;
}

export interface GoStruct {
  readonly kind: 'struct';
  readonly type: string;
  /** In their order; what is printed. */
  readonly fields: ReadonlyMap<string, GoValue>;
  /** Fields of structs that are embedded in it, which are reached by their own names, too. */
  readonly promoted?: ReadonlyMap<string, GoValue>;
  /** Called by name; not printed. */
  readonly methods?: GoMethods;
  /** What encoding/json makes of it. */
  readonly toJson: () => OrderedJson;
  /** What its own `String` says. */
  readonly shown?: string;
  /** What its own `GoString` says. */
  readonly source?: string;
  /** Of a time.Time. */
  readonly moment?: GoMoment;
  /** True where its own JSON writes `<`, `>` and `&` as escapes. */
  readonly escapesHtml?: true;
}

export interface GoMoment {
  /** Since the epoch, rounded down. */
  readonly seconds: bigint;
  /** 0 to 999,999,999. */
  readonly nanoseconds: bigint;
  readonly zone: 'UTC' | 'Local';
}

/** What a parameter takes. */
export type Parameter =
  | 'any'
  | 'string'
  | 'int'
  | '[]string'
  | '[]uint8'
  | 'time.Duration'
  | 'time.Time'
  | '*time.Location';

/** A function of templates, or a method. */
export interface GoFunction {
  readonly parameters: readonly Parameter[];
  /** Of all further arguments, where there may be any. */
  readonly rest?: Parameter;
  /** Throws `FunctionProblem`, whose text the error names. `first` is how the template writes the first argument. */
  call(values: readonly GoValue[], first: string): GoValue;
}

export type GoMethods = Pick<ReadonlyMap<string, GoFunction>, 'get'>;

export const INVALID: GoValue = { kind: 'invalid' };
export const NIL: GoValue = { kind: 'nil' };

export function goString(value: string, type = 'string'): GoValue {
  return { kind: 'string', value, type };
}

export function goInt(value: number | bigint, type = 'int'): GoValue {
  return { kind: 'int', value: BigInt(value), type };
}

export function goBool(value: boolean): GoValue {
  return { kind: 'bool', value };
}

export function goStrings(values: readonly string[] | null, type = '[]string'): GoValue {
  return { kind: 'slice', items: values?.map((value) => goString(value)) ?? null, type };
}

const BYTES = '[]uint8';

/** The bytes of a text in UTF-8. */
export function goBytes(text: string): GoValue {
  return goByteList(new TextEncoder().encode(text));
}

export function goByteList(bytes: Iterable<number>): GoValue {
  return { kind: 'slice', items: Array.from(bytes, (byte) => goInt(byte, 'uint8')), type: BYTES };
}

/** The bytes of a list of them; undefined of any other value. */
export function bytesOf(value: GoValue): Uint8Array | undefined {
  if (value.kind !== 'slice' || value.type !== BYTES) return undefined;
  return Uint8Array.from(value.items ?? [], (item) =>
    item.kind === 'int' ? Number(item.value) : 0,
  );
}

export function goStringMap(
  entries: ReadonlyMap<string, string> | null,
  type = 'map[string]string',
): GoMap {
  return {
    kind: 'map',
    entries: entries && new Map([...entries].map(([key, value]) => [key, goString(value)])),
    type,
    zero: goString(''),
  };
}

/** A field of a struct: its name, what it holds, and its name in JSON where that is another. */
export type GoField = readonly [name: string, value: GoValue, jsonName?: string];

/** A struct of these fields. JSON has those that are exported. */
export function goStruct(type: string, fields: readonly GoField[]): GoStruct {
  return {
    kind: 'struct',
    type,
    fields: new Map(fields.map(([name, value]) => [name, value])),
    toJson: () =>
      new Map(
        fields
          .filter(([name]) => isExported(name))
          .map(([name, value, jsonName = name]) => [jsonName, toJson(value)]),
      ),
  };
}

/** Whether a template may name a field. */
export function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

/** JSON decoded into an `any`, numbers kept as they are written: what a template is given where no type fits. */
export function goAny(json: OrderedJson): GoValue {
  if (json === null) return NIL;
  if (typeof json === 'boolean') return goBool(json);
  if (typeof json === 'number') return goString(String(json), 'json.Number');
  if (typeof json === 'string') return goString(json);
  if (Array.isArray(json)) {
    const items = (json as readonly OrderedJson[]).map(goAny);
    return { kind: 'slice', items, type: '[]interface {}' };
  }
  const entries = [...(json as Iterable<[string, OrderedJson]>)];
  return {
    kind: 'map',
    entries: new Map(entries.map(([key, value]) => [key, goAny(value)])),
    type: 'map[string]interface {}',
    zero: NIL,
  };
}

export function typeOf(value: GoValue): string {
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      return '<nil>';
    case 'bool':
      return 'bool';
    case 'float':
      return 'float64';
    case 'complex':
      return 'complex128';
    default:
      return value.type;
  }
}

/** The value behind a pointer, where it is one. */
export function indirect(value: GoValue): GoValue {
  return value.kind === 'pointer' && value.to ? value.to : value;
}

/** Whether a value counts as true: not zero, not empty, not nil. */
export function isTrue(value: GoValue): boolean {
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      return false;
    case 'bool':
      return value.value;
    case 'int':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'complex':
      return value.real !== 0 || value.imaginary !== 0;
    case 'string':
      return value.value !== '';
    case 'slice':
      return (value.items?.length ?? 0) > 0;
    case 'map':
      return (value.entries?.size ?? 0) > 0;
    case 'pointer':
      return value.to !== null;
    case 'struct':
      return true;
  }
}

/** What encoding/json makes of a value. Throws `execute` for what JSON has not got. */
export function toJson(value: GoValue): OrderedJson {
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      return null;
    case 'bool':
    case 'int':
    case 'float':
      return value.value;
    case 'complex':
      throw new TemplateError('execute', 'json: unsupported type: complex128');
    case 'string':
      return value.type === 'json.Number' ? Number(value.value) : value.value;
    case 'slice':
      return base64(value) ?? value.items?.map(toJson) ?? null;
    case 'map':
      return (
        value.entries && new Map(sortedEntries(value).map(([key, each]) => [key, toJson(each)]))
      );
    case 'struct':
      return value.toJson();
    case 'pointer':
      return value.to?.toJson() ?? null;
  }
}

/** What encoding/json makes of bytes. */
function base64(value: GoValue): string | undefined {
  const bytes = bytesOf(value);
  return bytes && btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The entries of a map in the order in which Go prints and ranges over them. */
export function sortedEntries({ entries }: GoMap): readonly (readonly [string, GoValue])[] {
  return [...(entries ?? [])].sort(([a], [b]) => compareText(a, b));
}
