import { isCoded } from '../../base/errors';
import { goJson } from '../../image/go-json';
import type { StandardOutput } from '../command';
import { CommandError } from '../errors';
import type { FlagSpec } from '../shell/flags';
import { TemplateError } from '../template/errors';
import { toJson, type GoStruct } from '../template/go-value';
import { Template } from '../template/template';

/** The client's exit code for a template that it cannot parse. */
const PARSE_EXIT_CODE = 64;

/** `--format` of commands that print documents. */
export const DOCUMENT_FORMAT: FlagSpec = {
  name: 'format',
  shorthand: 'f',
  kind: 'string',
  help: `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`,
  values: ['json'],
};

/**
 * Writes one document by a format, as docker's client does: what a template has made before it fails is written too. Throws `usage` for a
 * bad template, which `name` is the client's name of.
 */
export function writeDocument(
  out: StandardOutput,
  document: GoStruct,
  { format, name = '' }: { readonly format: string; readonly name?: string },
): void {
  if (format === 'json') {
    out.write(`${goJson(toJson(document))}\n`);
    return;
  }
  const template = documentTemplate(format, name);
  try {
    out.write(`${template.execute(document)}\n`);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    out.write(`${error.written}\n`);
    throw new CommandError('usage', named(error, name), { cause: error });
  }
}

/** Throws `usage` for what is no template, which `name` is the client's name of. */
export function documentTemplate(format: string, name = ''): Template {
  try {
    return new Template(format);
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', `template parsing error: ${named(error, name)}`, {
      exitCode: PARSE_EXIT_CODE,
      cause: error,
    });
  }
}

function named({ message }: Error, name: string): string {
  return message
    .replace(/^template: :/, `template: ${name}:`)
    .replace('executing "" at', `executing "${name}" at`);
}
