import { goSyntax } from './go-syntax';
import { NIL, sortedEntries, typeOf, type GoStruct, type GoValue } from './go-value';
import { formatInteger, formatReal, formatText, pad, type Directive } from './go-verbs';

/** Go's fmt.Sprint: operands side by side, a blank between two that are no strings. */
export function sprint(values: readonly GoValue[]): string {
  return values
    .map((value, i) => {
      const before = values[i - 1];
      const isApart = before && before.kind !== 'string' && value.kind !== 'string';
      return (isApart ? ' ' : '') + formatArgument(value);
    })
    .join('');
}

/** Go's fmt.Sprintln: operands with blanks between them, and a line feed. */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map(formatArgument).join(' ')}\n`;
}

const AS_IT_IS: Directive = { flags: '', verb: 'v' };

/** Go's `%v`, of no value what text/template writes. */
export function formatValue(value: GoValue): string {
  if (value.kind === 'string') return value.value;
  return value.kind === 'invalid' ? '<no value>' : formatDirective(AS_IT_IS, value);
}

/** The same where a function of fmt is given it: no value is then a nil. */
export function formatArgument(value: GoValue): string {
  return formatValue(value.kind === 'invalid' ? NIL : value);
}

/** A value by one verb of fmt, Go's complaint within the text where the verb is not for it. */
export function formatDirective(directive: Directive, value: GoValue, isNested = false): string {
  const { flags, verb } = directive;
  if (verb === 'T') return pad(typeOf(value), directive);
  if (verb === 'v' && flags.includes('#')) return pad(goSyntax(value), directive);
  const inner = (each: GoValue): string => formatDirective(directive, each, true);
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      if (verb !== 'v' && !isNested) return `%!${verb}(<nil>)`;
      return pad('<nil>', directive);
    case 'slice':
      return `[${(value.items ?? []).map(inner).join(' ')}]`;
    case 'map': {
      const entries = sortedEntries(value).map(
        ([key, each]) => `${inner({ kind: 'string', value: key, type: 'string' })}:${inner(each)}`,
      );
      return `map[${entries.join(' ')}]`;
    }
    case 'struct':
      return formatStruct(value, verb === 'v' && flags.includes('+'), inner);
    case 'pointer':
      if (!value.to) return verb === 'v' ? pad('<nil>', directive) : unfit(directive, value);
      // Go prints an address where it is within something, which says nothing; what it points to does.
      return (isNested ? '' : '&') + inner(value.to);
    default:
      return formatLeaf(directive, value);
  }
}

function formatStruct(
  { fields }: GoStruct,
  hasNames: boolean,
  format: (value: GoValue) => string,
): string {
  const texts = [...fields].map(([name, each]) => (hasNames ? `${name}:` : '') + format(each));
  return `{${texts.join(' ')}}`;
}

type Leaf = Extract<GoValue, { kind: 'bool' | 'int' | 'float' | 'string' }>;

function formatLeaf(directive: Directive, value: Leaf): string {
  const { verb } = directive;
  // The plus of `%+v` is for names of fields.
  const own =
    verb === 'v' ? { ...directive, flags: directive.flags.replaceAll('+', '') } : directive;
  const text = leafText(own, value);
  return text === undefined ? unfit(directive, value) : pad(text, own);
}

function leafText(directive: Directive, value: Leaf): string | undefined {
  switch (value.kind) {
    case 'bool':
      return directive.verb === 't' || directive.verb === 'v' ? String(value.value) : undefined;
    case 'int':
      return formatInteger(value.value, directive);
    case 'float':
      return formatReal(value.value, directive);
    case 'string':
      return formatText(value.value, directive);
  }
}

/** What Go says of a verb that a value is not for. */
function unfit(directive: Directive, value: GoValue): string {
  const shown = formatDirective({ ...directive, verb: 'v' }, value);
  return `%!${directive.verb}(${typeOf(value)}=${shown})`;
}
