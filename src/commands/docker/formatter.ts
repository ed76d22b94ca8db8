import type { OrderedJson } from '../../image/go-json';
import { compareText } from '../../base/compare-text';
import { isCoded } from '../../base/errors';
import { CommandError } from '../errors';
import { alignTabs } from '../shell/table';
import { goString, goStringMap, type GoValue } from '../template/go-value';
import { Template } from '../template/template';

/** What `--format` takes where a command prints rows. */
export const FORMAT_HELP = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** The same where a command prints documents. */
export const INSPECT_FORMAT_HELP = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** The client's exit code for a template that it cannot parse, where the template is that of one document. */
export const PARSE_EXIT_CODE = 64;

/** One row by placeholder: what `{{.ID}}` stands for. Worked out when a template asks for it. */
export type Row = ReadonlyMap<string, () => string>;

export interface RowKind {
  /** Its type in Go, for errors: `*formatter.imageContext`. */
  readonly type: string;
  /** Headings by placeholder. */
  readonly headings: ReadonlyMap<string, string>;
  /** A value as JSON has it, where that is another than the text. */
  readonly jsonText?: (text: string, name: string) => string;
}

/**
 * Prints rows by a format, as docker's client does: `json`, a template for each, or after `table` columns with headings above them. Throws
 * `usage` for a bad template. https://github.com/docker/cli/blob/v28.2.2/cli/command/formatter/formatter.go
 */
export function formatRows(format: string, rows: readonly Row[], kind: RowKind): string {
  const isTable = format.startsWith('table');
  const text = isTable ? format.slice('table'.length) : format === 'json' ? '{{json .}}' : format;
  const trimmed = text.replace(/^ +| +$/g, '');
  const template = parse(trimmed.replaceAll(String.raw`\t`, '\t').replaceAll(String.raw`\n`, '\n'));
  const lines = rows.map((row) => `${execute(template, rowValue(row, kind))}\n`).join('');
  return isTable ? alignTabs(`${heading(template, kind)}\n${lines}`) : lines;
}

function parse(text: string): Template {
  try {
    return new Template(text);
  } catch (error) {
    throw templateError(error);
  }
}

function execute(template: Template, value: GoValue): string {
  try {
    return template.execute(value);
  } catch (error) {
    throw templateError(error);
  }
}

/** The client does not care whether a heading could be made. */
function heading(template: Template, { headings }: RowKind): string {
  try {
    return template.heading(goStringMap(headings, 'formatter.SubHeaderContext'));
  } catch (error) {
    if (isCoded(error)) return '';
    throw error;
  }
}

/** What the client says of a template that it cannot use. */
export function templateError(error: unknown, exitCode = 1): unknown {
  if (!isCoded(error)) return error;
  return new CommandError('usage', `template parsing error: ${error.message}`, {
    exitCode,
    cause: error,
  });
}

/** A row as a template sees it. */
export function rowValue(row: Row, { type, jsonText }: RowKind): GoValue {
  return {
    kind: 'pointer',
    type,
    to: {
      kind: 'struct',
      type: type.slice(1),
      fields: new Map(),
      // Looked up when a template asks: a list has thousands of rows.
      methods: { get: (name) => methodOf(row.get(name)) },
      toJson: () => rowJson(row, jsonText),
      escapesHtml: true,
    },
  };
}

function methodOf(value: (() => string) | undefined): (() => GoValue) | undefined {
  return value && (() => goString(value()));
}

function rowJson(
  row: Row,
  jsonText: NonNullable<RowKind['jsonText']> = (text) => text,
): OrderedJson {
  return new Map(
    [...row]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, value]) => [name, jsonText(value(), name)]),
  );
}
