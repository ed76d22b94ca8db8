import { quote } from './go-quote';
import { sortedEntries, typeOf, type GoValue } from './go-value';

/** Go's fmt.Sprint: operands side by side, a blank between two that are no strings. */
export function sprint(values: readonly GoValue[]): string {
  return values
    .map((value, i) => {
      const before = values[i - 1];
      const isApart = before && before.kind !== 'string' && value.kind !== 'string';
      return (isApart ? ' ' : '') + formatValue(value);
    })
    .join('');
}

/** Go's fmt.Sprintln: operands with blanks between them, and a line feed. */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map((value) => formatValue(value)).join(' ')}\n`;
}

/** Go's `%v`; with field names as `%+v` has them where `plus` is true. */
export function formatValue(value: GoValue, plus = false, isNested = false): string {
  switch (value.kind) {
    case 'invalid':
      return isNested ? '<nil>' : '<no value>';
    case 'nil':
      return '<nil>';
    case 'bool':
    case 'int':
      return String(value.value);
    case 'float':
      return formatFloat(value.value);
    case 'string':
      return value.value;
    case 'slice':
      return `[${(value.items ?? []).map((item) => formatValue(item, plus, true)).join(' ')}]`;
    case 'map': {
      const entries = sortedEntries(value).map(
        ([key, item]) => `${key}:${formatValue(item, plus, true)}`,
      );
      return `map[${entries.join(' ')}]`;
    }
    case 'struct': {
      const fields = [...value.fields].map(
        ([name, field]) => (plus ? `${name}:` : '') + formatValue(field, plus, true),
      );
      return `{${fields.join(' ')}}`;
    }
    case 'pointer':
      if (!value.to) return '<nil>';
      // Go prints an address, which says nothing; what it points to does.
      return (isNested ? '' : '&') + formatValue(value.to, plus, true);
  }
}

/** Go's shortest `%g`, with an exponent from 21 digits on. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return exponent < -4 || exponent >= 21 ? padExponent(value.toExponential()) : value.toString();
}

function padExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's limit of a width or precision. */
const MAX_WIDTH = 1_000_000;
const DIRECTIVE = /%(?<flags>[-+# 0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?(?<verb>[^]?)/gu;

/** Go's fmt.Sprintf, its complaints within the text included. */
export function sprintf(format: string, values: readonly GoValue[]): string {
  const operands = new Operands(values);
  let text = '';
  let at = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    text += format.slice(at, match.index) + operands.format(match.groups ?? {});
    at = match.index + match[0].length;
  }
  return text + format.slice(at) + operands.extra();
}

/** The operands of a format, taken one after the other. */
class Operands {
  readonly #values: readonly GoValue[];
  #next = 0;

  constructor(values: readonly GoValue[]) {
    this.#values = values;
  }

  format(groups: Readonly<Partial<Record<string, string>>>): string {
    const { flags = '', verb = '' } = groups;
    const width = this.#number(groups['width'], '%!(BADWIDTH)');
    const precision = this.#number(groups['precision'], '%!(BADPREC)');
    const problems = width.problem + precision.problem;
    if (verb === '%') return `${problems}%`;
    if (verb === '') return '%!(NOVERB)';
    const value = this.#take();
    if (!value) return `${problems}%!${verb}(MISSING)`;
    const directive = { flags, width: width.value, precision: precision.value, verb };
    return problems + formatDirective(directive, value);
  }

  /** What Go says of operands that no directive took. */
  extra(): string {
    const extra = this.#values.slice(this.#next);
    if (extra.length === 0) return '';
    const shown = extra.map((value) => `${typeOf(value)}=${formatValue(value)}`);
    return `%!(EXTRA ${shown.join(', ')})`;
  }

  #take(): GoValue | undefined {
    return this.#values[this.#next++];
  }

  #number(
    digits: string | undefined,
    complaint: string,
  ): { readonly value: number | undefined; readonly problem: string } {
    if (digits !== '*') {
      return { value: digits === undefined ? undefined : Number(digits), problem: '' };
    }
    const value = this.#take();
    return value?.kind === 'int' && Math.abs(value.value) <= MAX_WIDTH
      ? { value: value.value, problem: '' }
      : { value: undefined, problem: complaint };
  }
}

function formatDirective(directive: Directive, value: GoValue): string {
  const { flags, verb, precision } = directive;
  if (verb === 'T') return pad(typeOf(value), directive);
  if (verb === 'v') {
    if (value.kind === 'string' && flags.includes('#')) return pad(quote(value.value), directive);
    return pad(formatValue(value, flags.includes('+')), directive);
  }
  if (value.kind === 'slice' && value.type !== '[]byte') {
    return `[${(value.items ?? []).map((item) => formatDirective(directive, item)).join(' ')}]`;
  }
  const text =
    value.kind === 'string'
      ? formatText(value.value, directive)
      : value.kind === 'int'
        ? formatInteger(value.value, directive)
        : value.kind === 'float'
          ? formatReal(value.value, verb, precision)
          : value.kind === 'bool' && verb === 't'
            ? String(value.value)
            : undefined;
  if (text !== undefined) return pad(text, directive);
  const inner =
    value.kind === 'nil' || value.kind === 'invalid'
      ? '<nil>'
      : `${typeOf(value)}=${formatValue(value)}`;
  return `%!${verb}(${inner})`;
}

function formatText(text: string, { verb, precision, flags }: Directive): string | undefined {
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  switch (verb) {
    case 's':
      return cut;
    case 'q':
      return flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : quote(cut);
    case 'x':
    case 'X': {
      const hex = Array.from(new TextEncoder().encode(cut), (byte) =>
        byte.toString(16).padStart(2, '0'),
      ).join('');
      return verb === 'X' ? hex.toUpperCase() : hex;
    }
    default:
      return undefined;
  }
}

const RADIX: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };

function formatInteger(value: number, { verb, flags }: Directive): string | undefined {
  if (verb === 'c') return String.fromCodePoint(value);
  if (verb === 'q') return `'${String.fromCodePoint(value)}'`;
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const radix = RADIX[verb];
  if (radix === undefined) return undefined;
  const digits = Math.abs(value).toString(radix);
  const prefix = flags.includes('#') && radix === 16 ? `0${verb}` : '';
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  return sign + prefix + (verb === 'X' ? digits.toUpperCase() : digits);
}

function formatReal(
  value: number,
  verb: string,
  precision: number | undefined,
): string | undefined {
  switch (verb) {
    case 'f':
    case 'F':
      return value.toFixed(Math.min(precision ?? 6, 100));
    case 'e':
      return padExponent(value.toExponential(Math.min(precision ?? 6, 100)));
    case 'g':
      return precision === undefined
        ? formatFloat(value)
        : formatFloat(Number(value.toPrecision(Math.min(Math.max(precision, 1), 100))));
    default:
      return undefined;
  }
}

function pad(text: string, { flags, width = 0 }: Directive): string {
  const columns = Math.min(Math.abs(width), MAX_WIDTH);
  const missing = columns - Array.from(text).length;
  if (missing <= 0) return text;
  if (width < 0 || flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
