import { goJson, type OrderedJson } from '../../image/go-json';
import { compareText } from '../../base/compare-text';
import { isCoded } from '../../base/errors';
import { CommandError } from '../errors';
import { alignTabs } from '../shell/table';
import {
  goBytes,
  goString,
  goStringMap,
  goStruct,
  NIL,
  type GoField,
  type GoFunction,
  type GoStruct,
  type GoValue,
} from '../template/go-value';
import { getter } from '../template/go-method';
import { TemplateError } from '../template/errors';
import { Template } from '../template/template';

/** What `--format` takes where a command prints rows. */
export const FORMAT_HELP = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** One row, of which a template asks no more than it names. */
export interface Row {
  /** Its type in Go: `*formatter.imageContext`. */
  readonly type: string;
  /** By placeholder: what `{{.ID}}` stands for. */
  readonly cells: ReadonlyMap<string, () => string>;
  /** What the client's struct holds beside its context of a heading: what `{{.}}` prints. */
  readonly fields: () => readonly GoField[];
}

export interface RowKind {
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

/** The client does not care whether a heading could be made: it has what was made of it until then. */
function heading(template: Template, { headings }: RowKind): string {
  try {
    return template.heading(goStringMap(headings, 'formatter.SubHeaderContext'));
  } catch (error) {
    if (error instanceof TemplateError) return error.written;
    throw error;
  }
}

/** What the client says of a template that it cannot use. */
export function templateError(error: unknown): unknown {
  if (!isCoded(error)) return error;
  return new CommandError('usage', `template parsing error: ${error.message}`, {
    cause: error,
  });
}

/** A row as a template sees it. */
export function rowValue({ type, cells, fields }: Row, { jsonText }: RowKind): GoValue {
  const name = type.slice(1);
  const json = (): OrderedJson => rowJson(cells, jsonText);
  return {
    kind: 'pointer',
    type,
    to: {
      kind: 'struct',
      type: name,
      // Made when a template asks: a list has thousands of rows.
      get fields() {
        return goStruct(name, [['HeaderContext', HEADER_CONTEXT], ...fields()]).fields;
      },
      promoted: PROMOTED,
      methods: {
        get: (name) =>
          name === 'MarshalJSON'
            ? getter(() => goBytes(goJson(json(), { escapeHtml: true }).trim()))
            : (HEADER_METHODS.get(name) ?? methodOf(cells.get(name))),
      },
      toJson: json,
      escapesHtml: true,
    },
  };
}

/** What every row has of the client's heading, which a row has not got. */
const HEADER_FIELDS: readonly GoField[] = [['Header', NIL]];
const HEADER_METHODS = new Map([['FullHeader', getter(() => NIL)]]);
const HEADER_CONTEXT: GoStruct = {
  ...goStruct('formatter.HeaderContext', HEADER_FIELDS),
  methods: HEADER_METHODS,
};
const PROMOTED = new Map(HEADER_FIELDS.map(([name, value]) => [name, value]));

function methodOf(value: (() => string) | undefined): GoFunction | undefined {
  return value && getter(() => goString(value()));
}

function rowJson(
  cells: Row['cells'],
  jsonText: NonNullable<RowKind['jsonText']> = (text) => text,
): OrderedJson {
  const names = sortedNames([...cells.keys()]);
  return new Map(names.map((name) => [name, jsonText(cells.get(name)?.() ?? '', name)]));
}

let sorted: { readonly names: readonly string[]; readonly inOrder: readonly string[] } | undefined;

/** Bytewise. One row after the other has the same names: they are sorted once. */
function sortedNames(names: readonly string[]): readonly string[] {
  const isSame =
    sorted?.names.length === names.length && names.every((name, i) => name === sorted?.names[i]);
  if (!sorted || !isSame) sorted = { names, inOrder: names.toSorted(compareText) };
  return sorted.inOrder;
}
