import { cpus, totalmem } from 'node:os';

const round = (number, digits = 2) => (number === null ? '–' : number.toFixed(digits));

/** A figure beside its bar. `figure` null: not measured on this machine. */
export function line(what, figure, { unit, bar, digits = 2 }) {
  const verdict =
    figure === null ? 'not measured' : figure <= bar ? 'met' : `missed by ${round(figure / bar)} ×`;
  return [what, `${round(figure, digits)} ${unit}`, `≤ ${bar} ${unit}`, verdict];
}

/** A ratio beside its bar, where there is one; `other` is null where the other program is not here. */
export function ratio(what, seconds, other, bar) {
  const figure = other === null ? null : seconds / other;
  const detail = other === null ? '' : ` (${round(seconds)} s : ${round(other)} s)`;
  const shown = figure === null ? '–' : `${round(figure)} ×${detail}`;
  if (bar === undefined) return [what, shown, '', ''];
  const [, , , verdict] = line(what, figure, { unit: '×', bar });
  return [what, shown, `≤ ${bar} ×`, verdict];
}

export function table(head, rows) {
  const cells = [head, head.map(() => '---'), ...rows];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What the figures were taken on. */
export function machine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memory} GiB, ${process.platform}`;
}
