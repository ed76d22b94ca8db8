import type { FileTree } from './file-tree';

/** Where a key takes the reader of a tree. Rows are positions in the list of rows. */
export type TreeMove =
  | { readonly kind: 'go'; readonly row: number }
  | { readonly kind: 'expand' | 'collapse'; readonly places: readonly number[] };

export interface TreeKeyContext {
  readonly tree: FileTree;
  readonly rows: Uint32Array;
  /** Row that has the focus, −1 for none. */
  readonly row: number;
  /** Rows that Page Down passes. */
  readonly page: number;
  readonly isFlat: boolean;
  isExpanded(place: number): boolean;
}

/** What a key means in a tree: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/#keyboardinteraction. Undefined for other keys. */
export function treeMove(key: string, context: TreeKeyContext): TreeMove | undefined {
  const { rows, row, page } = context;
  const last = rows.length - 1;
  if (last < 0) return undefined;
  const go = (to: number): TreeMove => ({ kind: 'go', row: Math.min(last, Math.max(0, to)) });
  switch (key) {
    case 'ArrowDown':
      return go(row + 1);
    case 'ArrowUp':
      return go(row < 0 ? last : row - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(last);
    case 'PageDown':
      return go(row + page);
    case 'PageUp':
      return go(row - page);
    case 'ArrowRight':
      return context.isFlat ? undefined : intoRow(context);
    case 'ArrowLeft':
      return context.isFlat ? undefined : outOfRow(context);
    case '*':
      return context.isFlat ? undefined : { kind: 'expand', places: siblings(context) };
    default:
      return undefined;
  }
}

/** The next row, from the present one on and around, whose name begins with what was typed. */
export function typeAhead(
  typed: string,
  { tree, rows, row }: Pick<TreeKeyContext, 'tree' | 'rows' | 'row'>,
): number | undefined {
  const wanted = typed.toLowerCase();
  // A second letter goes on with the row that the first one found.
  const first = typed.length > 1 ? Math.max(0, row) : row + 1;
  const count = Math.min(rows.length, MAX_SEARCHED);
  for (let step = 0; step < count; step++) {
    const at = (first + step) % rows.length;
    const { path } = tree.source.entryOf(tree.nodes[rows[at] ?? 0] ?? 0);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.toLowerCase().startsWith(wanted)) return at;
  }
  return undefined;
}

/** Rows that a letter searches: as many as a frame allows. */
const MAX_SEARCHED = 20_000;

function intoRow(context: TreeKeyContext): TreeMove | undefined {
  const { tree, rows, row } = context;
  const place = rows[row];
  if (place === undefined || tree.directories[place] !== 1) return undefined;
  if (!context.isExpanded(place)) return { kind: 'expand', places: [place] };
  const isInside = tree.parents[rows[row + 1] ?? -1] === place;
  return isInside ? { kind: 'go', row: row + 1 } : undefined;
}

function outOfRow(context: TreeKeyContext): TreeMove | undefined {
  const { tree, rows, row } = context;
  const place = rows[row];
  if (place === undefined) return undefined;
  if (tree.directories[place] === 1 && context.isExpanded(place)) {
    return { kind: 'collapse', places: [place] };
  }
  const parent = tree.parents[place] ?? -1;
  for (let above = row - 1; parent >= 0 && above >= 0; above--) {
    if (rows[above] === parent) return { kind: 'go', row: above };
  }
  return undefined;
}

/** Directories that lie where the present row does. */
function siblings({ tree, rows, row }: TreeKeyContext): readonly number[] {
  const parent = tree.parents[rows[row] ?? -1] ?? -1;
  return Array.from(rows).filter(
    (place) => tree.parents[place] === parent && tree.directories[place] === 1,
  );
}
