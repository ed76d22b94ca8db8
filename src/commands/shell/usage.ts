import { CommandError } from '../errors';
import type { FlagSpec } from './flags';

/** How many operands a command takes; the words of its complaint follow from it. */
export type OperandRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'exactly' | 'at least' | 'at most'; readonly count: number }
  | { readonly kind: 'between'; readonly least: number; readonly most: number };

/** What help and complaints say of a command. */
export interface Usage {
  /** As it is called: `docker image ls`. */
  readonly path: string;
  /** What follows the path: `[OPTIONS] IMAGE [IMAGE...]`. */
  readonly operands: string;
  readonly summary: string;
  /** What help says below the summary: that a command is experimental. */
  readonly note?: string;
  /** As help lists them, the path among them; none where it has no other name. */
  readonly aliases: readonly string[];
  readonly flags: readonly FlagSpec[];
  readonly rule: OperandRule;
}

/** Columns of help where the output is no terminal. */
const HELP_WIDTH = 79;
const FLAG_ERROR_EXIT_CODE = 125;

export function helpText(usage: Usage): string {
  const aliases = usage.aliases.length > 0 ? `\n\nAliases:\n  ${usage.aliases.join(', ')}` : '';
  const visible = usage.flags.filter((flag) => !flag.hidden);
  const options = visible.length > 0 ? `\n\nOptions:\n${flagUsages(visible)}` : '';
  const note = usage.note === undefined ? '' : `\n\n${usage.note}`;
  return `Usage:  ${useLine(usage)}\n\n${usage.summary}${aliases}${note}${options}\n`;
}

/** Throws `usage` where there are too few operands or too many. */
export function checkOperands(usage: Usage, operands: readonly string[]): void {
  const complaint = operandComplaint(usage.rule, operands.length);
  if (complaint === undefined) return;
  const { path } = usage;
  const program = path.split(' ', 1)[0] ?? '';
  throw new CommandError(
    'usage',
    `${program}: '${path}' ${complaint.text}\n\nUsage:  ${useLine(usage)}\n\n${complaint.hint} '${path} --help' for more information`,
  );
}

/** A complaint about a flag, with how the command is used; docker's exit code for it. */
export function flagUsageError(
  error: CommandError,
  usage: Pick<Usage, 'path' | 'operands'>,
): CommandError {
  return new CommandError(
    'usage',
    `${error.message}\n\nUsage:  ${useLine(usage)}\n\nRun '${usage.path} --help' for more information`,
    { exitCode: FLAG_ERROR_EXIT_CODE },
  );
}

function useLine({ path, operands }: Pick<Usage, 'path' | 'operands'>): string {
  return operands === '' ? path : `${path} ${operands}`;
}

function operandComplaint(
  rule: OperandRule,
  given: number,
): { readonly text: string; readonly hint: string } | undefined {
  switch (rule.kind) {
    case 'none':
      return given === 0 ? undefined : { text: 'accepts no arguments', hint: 'Run' };
    case 'exactly':
      return given === rule.count
        ? undefined
        : { text: `requires ${plural(rule.count)}`, hint: 'Run' };
    case 'between': {
      const text = `requires at least ${rule.least} and at most ${plural(rule.most)}`;
      return given >= rule.least && given <= rule.most ? undefined : { text, hint: 'Run' };
    }
    case 'at least':
      return given >= rule.count
        ? undefined
        : { text: `requires at least ${plural(rule.count)}`, hint: 'See' };
    case 'at most':
      // "SRun" is what docker prints, too.
      return given <= rule.count
        ? undefined
        : { text: `requires at most ${plural(rule.count)}`, hint: 'SRun' };
  }
}

function plural(count: number): string {
  return `${count} ${count === 1 ? 'argument' : 'arguments'}`;
}

/** Flags and what they do, aligned and wrapped as pflag's FlagUsagesWrapped does, sorted by name, without a line feed at the end. */
function flagUsages(flags: readonly FlagSpec[]): string {
  const rows = flags
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const short = flag.shorthand === undefined ? '    ' : `-${flag.shorthand}, `;
      const valueName = flag.valueName ?? (flag.kind === 'bool' ? '' : VALUE_NAMES[flag.kind]);
      return {
        term: `  ${short}--${flag.name}${valueName && ` ${valueName}`}`,
        text: flag.help + (flag.default ? ' (default true)' : ''),
      };
    });
  const indent = Math.max(...rows.map(({ term }) => term.length)) + 3;
  return rows
    .map(({ term, text }) => term + ' '.repeat(indent - term.length) + wrap(text, indent))
    .join('\n');
}

const VALUE_NAMES = {
  string: 'string',
  int: 'int',
  filter: 'filter',
  list: 'list',
  csv: 'strings',
} as const;

/** Breaks lines at blanks so that none is longer than the screen, indented but for the first; a last short word may stick out. */
function wrap(text: string, indent: number): string {
  const room = HELP_WIDTH - indent;
  const indentation = `\n${' '.repeat(indent)}`;
  const lines: string[] = [];
  let rest = text;
  do {
    const [line, remaining] = wrapOnce(room - SLOP, SLOP, rest);
    lines.push(line);
    rest = remaining;
  } while (rest !== '');
  return lines.map((each) => each.replaceAll('\n', indentation)).join(indentation);
}

/** Columns that a last word may stick out by, before it is broken off. */
const SLOP = 5;

function wrapOnce(room: number, slop: number, text: string): [string, string] {
  if (room + slop > text.length) return [text, ''];
  let end = text.slice(0, room).search(/[ \t\n][^ \t\n]*$/);
  if (end <= 0) return [text, ''];
  const lineFeed = text.slice(0, room).lastIndexOf('\n');
  if (lineFeed > 0 && lineFeed < end) end = lineFeed;
  return [text.slice(0, end), text.slice(end + 1)];
}
