import { quote } from './go-quote';
import { sortedEntries, typeOf, type GoValue } from './go-value';

/** Go's `%#v`: a value as Go's source would write it. */
export function goSyntax(value: GoValue, isNested = false): string {
  switch (value.kind) {
    case 'invalid':
    case 'nil':
      return isNested ? 'interface {}(nil)' : '<nil>';
    case 'bool':
    case 'float':
      return String(value.value);
    case 'int':
      return value.type.startsWith('uint') ? `0x${value.value.toString(16)}` : String(value.value);
    case 'string':
      return quote(value.value);
    case 'slice':
      if (!value.items) return `${value.type}(nil)`;
      return `${value.type}{${value.items.map((item) => goSyntax(item, true)).join(', ')}}`;
    case 'map': {
      if (!value.entries) return `${value.type}(nil)`;
      const entries = sortedEntries(value).map(
        ([key, item]) => `${quote(key)}:${goSyntax(item, true)}`,
      );
      return `${value.type}{${entries.join(', ')}}`;
    }
    case 'struct': {
      const fields = [...value.fields].map(([name, item]) => `${name}:${goSyntax(item, true)}`);
      return `${value.type}{${fields.join(', ')}}`;
    }
    case 'pointer':
      return value.to ? `&${goSyntax(value.to, true)}` : `(${typeOf(value)})(nil)`;
  }
}
