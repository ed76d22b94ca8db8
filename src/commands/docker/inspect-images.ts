import { goJson, type OrderedJson } from '../../image/go-json';
import { inspectImage } from '../../image/inspect';
import type { ListedImage } from '../../image/image-list';
import type { CommandContext } from '../command';
import { CommandError } from '../errors';
import { familiar, readConfig } from './stored-images';

/** Finds one of the images to inspect; throws `CommandError` with the line to print where there is none. */
export type FindInspected = (name: string) => ListedImage;

/** Prints what the names mean as one array, and then, one a line, what could not be found. Resolves to the exit code. */
export async function printInspected(
  names: readonly string[],
  find: FindInspected,
  context: CommandContext,
): Promise<number> {
  const found: OrderedJson[] = [];
  const complaints: string[] = [];
  for (const name of names) {
    try {
      found.push(await inspect(find(name), context));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      complaints.push(`${error.message}\n`);
    }
  }
  context.out.write(`${goJson(found, { indent: 4, oldEscapes: true })}\n`);
  context.err.write(complaints.join(''));
  return complaints.length > 0 ? 1 : 0;
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
