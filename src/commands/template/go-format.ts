import {
  bytesOf,
  goString,
  NIL,
  sortedEntries,
  typeOf,
  type GoMap,
  type GoStruct,
  type GoValue,
} from './go-value';
import {
  formatComplex,
  formatInteger,
  formatReal,
  formatText,
  pad,
  type Directive,
} from './go-verbs';

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

const AS_IT_IS: Directive = { verb: 'v' };

/** Go's `%v`, of no value what text/template writes. */
export function formatValue(value: GoValue): string {
  return value.kind === 'invalid' ? '<no value>' : formatDirective(AS_IT_IS, value);
}

/** The same where a function of fmt is given it: no value is then a nil. */
export function formatArgument(value: GoValue): string {
  return formatValue(value.kind === 'invalid' ? NIL : value);
}

/** A value by one verb of fmt, Go's complaint within the text where the verb is not for it. */
export function formatDirective(directive: Directive, value: GoValue): string {
  const { verb } = directive;
  if (value.kind === 'invalid' || value.kind === 'nil') {
    return verb === 'T' || verb === 'v' ? pad('<nil>', directive) : `%!${verb}(<nil>)`;
  }
  if (verb === 'T') return formatText(typeOf(value), { ...directive, verb: 's' }) ?? '';
  // It is for errors that are wrapped, which a template has none of.
  if (verb === 'w') return unfit(directive, value);
  return format(directive, value, false);
}

/** https://github.com/golang/go/blob/go1.24.3/src/fmt/print.go (printValue) */
function format(directive: Directive, value: GoValue, isNested: boolean): string {
  if (directive.isSource && value.kind === 'struct' && value.source !== undefined) {
    return pad(value.source, directive);
  }
  const text = shownText(value);
  if (text !== undefined && !directive.isSource && 'vsxXq'.includes(directive.verb)) {
    return formatText(text, directive) ?? '';
  }
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      return directive.isSource ? 'interface {}(nil)' : '<nil>';
    case 'bool':
      return 'tv'.includes(directive.verb)
        ? pad(String(value.value), directive)
        : unfit(directive, value);
    case 'int':
      return (
        formatInteger(value.value, directive, value.type.startsWith('uint')) ??
        unfit(directive, value)
      );
    case 'float':
      return formatReal(value.value, directive) ?? unfit(directive, value);
    case 'complex':
      return formatComplex(value, directive) ?? unfit(directive, value);
    case 'string':
      return formatText(value.value, directive) ?? unfit(directive, value);
    case 'slice':
      return formatSlice(directive, value);
    case 'map':
      return formatMap(directive, value);
    case 'struct':
      return formatStruct(directive, value);
    case 'pointer':
      return formatPointer(directive, value, isNested);
  }
}

/** What a value's own `String` says. */
function shownText(value: GoValue): string | undefined {
  if (value.kind === 'pointer') return value.to?.shown;
  const hasText = value.kind === 'int' || value.kind === 'slice' || value.kind === 'struct';
  return hasText ? value.shown : undefined;
}

function formatSlice(directive: Directive, value: Extract<GoValue, { kind: 'slice' }>): string {
  const bytes = bytesOf(value);
  // Bytes are a text to the verbs of texts, and go by their other name in source.
  if (bytes && 'sqxX'.includes(directive.verb)) {
    return formatText(new TextDecoder().decode(bytes), directive) ?? '';
  }
  const items = value.items?.map((item) => format(directive, item, true));
  if (!directive.isSource) return `[${(items ?? []).join(' ')}]`;
  return (bytes ? '[]byte' : value.type) + (items ? `{${items.join(', ')}}` : '(nil)');
}

function formatMap(directive: Directive, value: GoMap): string {
  const inner = (each: GoValue): string => format(directive, each, true);
  const entries = sortedEntries(value).map(
    ([key, each]) => `${inner(goString(key))}:${inner(each)}`,
  );
  if (!directive.isSource) return `map[${entries.join(' ')}]`;
  return value.type + (value.entries ? `{${entries.join(', ')}}` : '(nil)');
}

function formatStruct(directive: Directive, { type, fields }: GoStruct): string {
  const { isSource, isNamed } = directive;
  const texts = [...fields].map(
    ([name, each]) => (isSource || isNamed ? `${name}:` : '') + format(directive, each, true),
  );
  return isSource ? `${type}{${texts.join(', ')}}` : `{${texts.join(' ')}}`;
}

/**
 * Within something Go prints the address of what a pointer points to, `0xc000…`, which says nothing and is another in every run: what it
 * points to is printed there too, as Go prints it where the pointer stands alone.
 */
function formatPointer(
  directive: Directive,
  value: Extract<GoValue, { kind: 'pointer' }>,
  isNested: boolean,
): string {
  if (value.to) return `&${format(directive, value.to, true)}`;
  if (directive.verb !== 'v') return isNested ? '<nil>' : unfit(directive, value);
  return directive.isSource ? `(${value.type})(nil)` : pad('<nil>', directive);
}

/** What Go says of a verb that a value is not for. */
function unfit(directive: Directive, value: GoValue): string {
  const shown = format({ ...directive, verb: 'v' }, value, false);
  return `%!${directive.verb}(${typeOf(value)}=${shown})`;
}
