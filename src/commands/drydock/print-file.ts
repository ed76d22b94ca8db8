import { decodeUtf8 } from '../../base/bytes';
import type { CommandContext } from '../command';
import { CommandError } from '../errors';
import type { FlagSpec } from '../shell/flags';

export const FILE_OUTPUT_FLAG: FlagSpec = {
  name: 'output',
  shorthand: 'o',
  kind: 'string',
  help: 'Write to a file, instead of STDOUT',
};

/** Writes a file's content to where the call says: a file, or the output, which takes text alone where it is a terminal. */
export async function printFile(
  content: Blob,
  output: string,
  context: CommandContext,
): Promise<void> {
  if (output !== '') return (await context.files.create(output)).write(content, context);
  if (!context.out.isTerminal) {
    context.out.writeBlob(content);
    return;
  }
  const text = decodeUtf8(new Uint8Array(await content.arrayBuffer()));
  if (text === undefined) {
    throw new CommandError(
      'refused',
      'cowardly refusing to save to a terminal. Use the -o flag or redirect',
    );
  }
  context.out.write(text);
}

/** As the index has paths: from the root, which `..` does not leave. */
export function rootPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
