import { FunctionProblem } from './errors';
import { formatDirective } from './go-format';
import { typeOf, type GoValue } from './go-value';

export function isAnyEqual(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new FunctionProblem('missing argument for comparison');
  return others.some((other) => isEqual(first, other));
}

export function isEqual(a: GoValue, b: GoValue): boolean {
  const isNil = (value: GoValue) =>
    value.kind === 'invalid' || value.kind === 'nil' || (value.kind === 'pointer' && !value.to);
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (isBasic(a) && isBasic(b)) {
    if (a.kind === 'complex' && b.kind === 'complex') {
      return a.real === b.real && a.imaginary === b.imaginary;
    }
    if (a.kind !== b.kind || a.kind === 'complex' || b.kind === 'complex') {
      throw new FunctionProblem('incompatible types for comparison');
    }
    return a.value === b.value;
  }
  if (isBasic(a) || isBasic(b)) throw new FunctionProblem('incompatible types for comparison');
  return isSame(a, b);
}

/** Whether two values of which neither is basic are equal, where Go compares such. */
function isSame(a: GoValue, b: GoValue): boolean {
  const text = (value: GoValue, verb: string) => formatDirective({ verb }, value);
  if (a.kind !== b.kind) {
    throw new FunctionProblem(
      `non-comparable types ${text(a, 's')}: ${typeOf(a)}, ${typeOf(b)}: ${text(b, 'v')}`,
    );
  }
  if (isNilOf(a) || isNilOf(b)) return isNilOf(a) && isNilOf(b);
  if (a.kind === 'pointer' && b.kind === 'pointer') return a.to === b.to;
  if (!isComparable(b))
    throw new FunctionProblem(`non-comparable type ${text(b, 's')}: ${typeOf(b)}`);
  return typeOf(a) === typeOf(b) && text(a, 'v') === text(b, 'v') && sourceOf(a) === sourceOf(b);
}

/** Times of two zones may print the same. */
function sourceOf(value: GoValue): string | undefined {
  return value.kind === 'struct' ? value.source : undefined;
}

function isNilOf(value: GoValue): boolean {
  return (
    (value.kind === 'slice' && value.items === null) ||
    (value.kind === 'map' && value.entries === null)
  );
}

function isComparable(value: GoValue): boolean {
  if (value.kind === 'slice' || value.kind === 'map') return false;
  return value.kind !== 'struct' || [...value.fields.values()].every(isComparable);
}

export function isLess(a: GoValue, b: GoValue): boolean {
  if (!isBasic(a) || !isBasic(b)) throw new FunctionProblem('invalid type for comparison');
  if (a.kind !== b.kind) throw new FunctionProblem('incompatible types for comparison');
  if (a.kind === 'bool' || a.kind === 'complex' || b.kind === 'complex')
    throw new FunctionProblem('invalid type for comparison');
  return a.value < b.value;
}

type Basic = Extract<GoValue, { kind: 'bool' | 'int' | 'float' | 'complex' | 'string' }>;

function isBasic(value: GoValue): value is Basic {
  return ['bool', 'int', 'float', 'complex', 'string'].includes(value.kind);
}
