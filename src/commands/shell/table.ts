import { textWidth } from './char-width';

export interface TableOptions {
  /** Columns of a cell with its padding, at the least. */
  readonly minWidth: number;
  /** Blanks after the widest cell. */
  readonly padding: number;
}

/** What docker's client sets its lists with. */
const LIST: TableOptions = { minWidth: 10, padding: 3 };

/**
 * Aligns text whose cells end with tabs, as Go's tabwriter does: tab-terminated cells of successive lines form a column; what follows the
 * last tab of a line belongs to none, so no blanks end a line but those of an empty last cell's neighbour.
 * https://pkg.go.dev/text/tabwriter
 */
export function alignTabs(text: string, options: TableOptions = LIST): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((cells) => cells.map(textWidth));
  for (let column = 0; ; column++) {
    const isInColumn = (row: number) => column < (widths[row]?.length ?? 0) - 1;
    if (!widths.some((_, row) => isInColumn(row))) break;
    for (let row = 0; row < lines.length; row++) {
      if (!isInColumn(row)) continue;
      // Only cells of lines that already stand in one block on their left can be in a column.
      const start = row;
      while (isInColumn(row + 1)) row++;
      padColumn(lines.slice(start, row + 1), widths.slice(start, row + 1), column, options);
    }
  }
  return lines.map((cells) => cells.join('')).join('\n');
}

/** A list as docker prints it: a line of headings, then the rows; every line ends with a line feed. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return alignTabs([headings, ...rows].map((cells) => `${cells.join('\t')}\n`).join(''));
}

function padColumn(
  lines: readonly string[][],
  widths: readonly number[][],
  column: number,
  { minWidth, padding }: TableOptions,
): void {
  const width = widths.reduce(
    (most, row) => Math.max(most, (row[column] ?? 0) + padding),
    minWidth,
  );
  lines.forEach((cells, row) => {
    cells[column] = (cells[column] ?? '') + ' '.repeat(width - (widths[row]?.[column] ?? 0));
  });
}
