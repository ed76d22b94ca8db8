import { isCoded } from '../../../base/errors';
import { goJson, type OrderedJson } from '../../../image/go-json';
import { inspectImage } from '../../../image/inspect';
import type { ListedImage } from '../../../image/image-list';
import type { CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { goAny } from '../../template/go-value';
import { documentTemplate } from '../document-format';
import { templateError } from '../formatter';
import { inspectValue } from './inspect-value';
import { familiar, readConfig } from '../images/stored-images';

/** Finds one of the images to inspect; throws `CommandError` with the line to print where there is none. */
export type FindInspected = (name: string) => ListedImage;

/**
 * Prints what the names mean, as one array or by a template, and then, one a line, what could not be found. Resolves to the exit code.
 * https://github.com/docker/cli/blob/v28.2.2/cli/command/inspect/inspector.go
 */
export async function printInspected(
  names: readonly string[],
  { find, format }: { readonly find: FindInspected; readonly format: string },
  context: CommandContext,
): Promise<number> {
  const printer = format === '' || format === 'json' ? undefined : printerOf(format);
  const found: OrderedJson[] = [];
  const texts: string[] = [];
  const complaints: string[] = [];
  for (const name of names) {
    try {
      const json = await inspect(find(name), context);
      found.push(json);
      if (printer) texts.push(`${printer(json)}\n`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      complaints.push(`${error.message}\n`);
    }
  }
  const indent = format === '' ? 4 : 0;
  const array = () => `${goJson(found, { indent, oldEscapes: true })}\n`;
  context.out.write(printer ? texts.join('') || '\n' : array());
  context.err.write(complaints.join(''));
  return complaints.length > 0 ? 1 : 0;
}

/**
 * A template is tried on what the client knows of an image, and where that fails, on all that the engine said. From then on a key that is
 * missing is an error for all that follow, as the client's template keeps what it was told.
 */
function printerOf(format: string): (json: OrderedJson) => string {
  const template = documentTemplate(format);
  let missingKey: 'invalid' | 'error' = 'invalid';
  return (json) => {
    try {
      return template.execute(inspectValue(json), missingKey);
    } catch (error) {
      if (!isCoded(error)) throw error;
    }
    missingKey = 'error';
    try {
      return template.execute(goAny(json), missingKey);
    } catch (error) {
      throw templateError(error);
    }
  };
}

async function inspect(image: ListedImage, context: CommandContext): Promise<OrderedJson> {
  return inspectImage({
    imageId: image.imageId,
    config: await readConfig(context, image),
    repoTags: familiar(image.names),
    repoDigests: familiar(image.repoDigests),
    parent: image.shown.parent,
    size: image.shown.unpackedSize,
    storedAt: Math.max(...image.roots.map(({ storedAt }) => storedAt)),
  });
}
