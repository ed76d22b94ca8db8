import { engineReferenceMessage } from '../../../image/engine-reference';
import { findImage } from '../../../image/find-image';
import { listImages, summaryOf, type ListedImage } from '../../../image/image-list';
import { readRange } from '../../../base/byte-source';
import { isCoded } from '../../../base/errors';
import { LIMITS } from '../../../base/limits';
import { parseImageConfig, type ImageConfig } from '../../../oci/image-config';
import { formatPlatform, matchesPlatform, type Platform } from '../../../oci/platform';
import { familiarText } from '../../../oci/reference';
import type { CommandContext } from '../../command';
import { engineError, type CommandError } from '../../errors';

/** What commands ask of a context to read images. */
export type ImageContext = Pick<CommandContext, 'store' | 'platform' | 'signal'>;

export function allImages({ store, platform }: ImageContext): Promise<readonly ListedImage[]> {
  return listImages(store, platform);
}

/** The image that a name or ID means. Throws what docker's engine answers where there is none. */
export function lookUp(images: readonly ListedImage[], text: string): ListedImage {
  const word = pathWord(text);
  if (word === undefined) throw pageNotFound();
  try {
    return findImage(images, word);
  } catch (error) {
    throw engineRefusal(error) ?? error;
  }
}

/** What the engine says of a path that it has not got. */
export function pageNotFound(): CommandError {
  return engineError('page not found');
}

/**
 * A name or ID as it reaches the engine, in a path that docker's client has cleaned: `a//b/.` is `a/b`. Undefined where nothing is left of
 * it.
 */
export function pathWord(text: string): string | undefined {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join('/');
}

/** What the engine answers to what it refuses; undefined for an error that is none of its own. */
export function engineRefusal(error: unknown): CommandError | undefined {
  const isRefusal = isCoded(error) && REFUSALS.has(error.code);
  return isRefusal ? engineError(error.message) : lookUpError(error);
}

const REFUSALS: ReadonlySet<string> = new Set(['image-in-use', 'bad-tag', 'no-such-platform']);

/** What the engine says of an image that could not be found; undefined for an error of another kind. */
export function lookUpError(error: unknown, prefix = ''): CommandError | undefined {
  const message =
    engineReferenceMessage(error) ??
    (isCoded(error) && error.code === 'no-such-image' ? error.message : undefined);
  return message === undefined ? undefined : engineError(prefix + message);
}

export async function readConfig(
  { store, signal }: ImageContext,
  { imageId }: ListedImage,
): Promise<ImageConfig> {
  const source = await store.content.open(imageId);
  const end = Math.min(source.size ?? LIMITS.configBytes, LIMITS.configBytes + 1);
  return parseImageConfig(await readRange(source, { start: 0, end }, { signal }), imageId);
}

/** Canonical names as people write them. */
export function familiar(names: readonly string[]): readonly string[] {
  return names.map(familiarText);
}

/**
 * The same image as `--platform` asks for it. Throws what a newer engine answers where it is not here for that platform; `text` is what it was
 * asked by. https://github.com/moby/moby/blob/v28.2.2/daemon/containerd/image_manifest.go
 */
export function forPlatform(image: ListedImage, text: string, asked: Platform): ListedImage {
  const platforms = image.roots.flatMap((root) => summaryOf(root).platforms);
  const shown = platforms.find(({ platform }) => matchesPlatform(asked, platform));
  if (shown) return { ...image, shown, imageId: shown.imageId };
  throw engineError(
    `image with reference ${nameFor(image, text)} was found but does not provide the specified platform (${formatPlatform(asked)})`,
  );
}

/** What an engine calls an image that was asked for by a name or by an ID. */
function nameFor({ names, imageId }: ListedImage, text: string): string {
  const familiarNames = familiar(names);
  const asked = [text, `${text}:latest`].find((name) => familiarNames.includes(name));
  return asked ?? familiarNames[0] ?? imageId;
}
