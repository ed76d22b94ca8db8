import type { Usage } from '../shell/usage';

/** What an operand names, as far as completion knows. */
export type OperandKind = 'image' | 'path' | 'other';

/**
 * What the operand at a place names, read from what the usage calls it: `[OPTIONS] IMAGE PATH`, `NAME|ID [NAME|ID...]`,
 * `[REPOSITORY[:TAG]]`. Undefined where the command takes no more.
 */
export function operandKind(
  { operands }: Pick<Usage, 'operands'>,
  at: number,
): OperandKind | undefined {
  const names = operands.split(' ').filter((word) => word !== '' && word !== '[OPTIONS]');
  const last = names.at(-1);
  const name = names[at] ?? (last?.includes('...') ? last : undefined);
  if (name === undefined) return undefined;
  if (/IMAGE|REPOSITORY|^\[?NAME\b/.test(name)) return 'image';
  return /PATH/.test(name) ? 'path' : 'other';
}
