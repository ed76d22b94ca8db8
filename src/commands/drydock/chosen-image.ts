import { isCoded } from '../../base/errors';
import type { TaskOptions } from '../../base/task';
import { findImage } from '../../image/find-image';
import { listImages, summaryOf, type ListedImage } from '../../image/image-list';
import type { LayerSummary, PlatformSummary } from '../../image/image-summary';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { LayerIndex } from '../../layer/index/layer-index';
import {
  formatPlatform,
  matchesPlatform,
  parsePlatformText,
  type Platform,
} from '../../oci/platform';
import type { Call, CommandContext, CommandEnvironment } from '../command';
import { CommandError } from '../errors';
import type { FlagSpec } from '../shell/flags';

export const PLATFORM_FLAG: FlagSpec = {
  name: 'platform',
  kind: 'string',
  help: 'Platform to look at, as "os[/arch[/variant]]"',
};

export const FORMAT_FLAG: FlagSpec = {
  name: 'format',
  kind: 'string',
  help: "'table' for people (default), 'json' for scripts",
  values: ['table', 'json'],
};

export const LAYER_FLAG: FlagSpec = {
  name: 'layer',
  kind: 'string',
  valueName: 'number',
  help: 'Look at one layer alone, counted from 0, the base',
};

/** Whether `--format json` was given. Throws `usage` for a format that there is not. */
export function wantsJson({ flags }: Call): boolean {
  const format = flags.string('format');
  if (!['', 'table', 'json'].includes(format)) {
    throw new CommandError('usage', `unknown format: "${format}": must be one of "table", "json"`);
  }
  return format === 'json';
}

/** The image that a name or ID means. */
export async function chooseImage(name: string, context: CommandContext): Promise<ListedImage> {
  try {
    return findImage(await listImages(context.store, context.platform), name);
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('refused', `Error: ${error.message}`, { cause: error });
  }
}

/** The platform of an image that `--platform` names, else the usual one, else the first that is here, with a word on stderr. */
export async function choosePlatform(
  name: string,
  { flags }: Call,
  context: CommandContext,
): Promise<PlatformSummary> {
  const image = await chooseImage(name, context);
  const asked = askedPlatform(flags.string('platform'));
  if (asked) {
    const platforms = image.roots.flatMap((root) => summaryOf(root).platforms);
    const found = platforms.find(({ platform }) => matchesPlatform(asked, platform));
    if (found) return found;
    throw new CommandError(
      'refused',
      `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(asked)})`,
    );
  }
  if (!matchesPlatform(context.platform, image.shown.platform)) {
    const [usual, shown] = [context.platform, image.shown.platform].map(formatPlatform);
    context.err.write(`${name} is not here for ${usual ?? ''}; this is ${shown ?? ''}\n`);
  }
  return image.shown;
}

/** What `--platform` names; undefined without it. */
export function askedPlatform(text: string): Platform | undefined {
  if (text === '') return undefined;
  const platform = parsePlatformText(text);
  if (!platform) throw new CommandError('usage', `invalid platform: "${text}"`);
  return platform;
}

/** The layer that `--layer` names; undefined without it. */
export function chooseLayer<Layer>(
  { flags }: Call,
  { layers }: { readonly layers: readonly Layer[] },
): Layer | undefined {
  if (!flags.isSet('layer')) return undefined;
  const text = flags.string('layer');
  const layer = /^\d+$/.test(text) ? layers[Number(text)] : undefined;
  if (layer) return layer;
  const range = layers.length === 0 ? 'the image has none' : `there are 0 to ${layers.length - 1}`;
  throw new CommandError('usage', `no layer "${text}": ${range}`);
}

/** What reading an index asks of a context. */
type IndexContext = Pick<CommandEnvironment, 'store' | 'ingestLayer'> & TaskOptions;

/** The index of a stored layer, built anew from the blob where it is not there or not readable. */
export async function readIndex(
  { digest, diffId, size }: LayerSummary,
  { store, ingestLayer, signal, onProgress }: IndexContext,
): Promise<LayerIndex> {
  const known = await store.indexes.get(diffId);
  const index = known && tryOpen(known);
  if (index) return index;
  const source = await store.content.open(digest);
  await ingestLayer(
    source,
    { digest, diffId, size, what: `layer ${digest}` },
    { signal, onProgress },
  );
  const rebuilt = await store.indexes.get(diffId);
  if (!rebuilt) throw new RangeError(`layer ${digest} has no index after it was read`);
  return openLayerIndex(rebuilt);
}

function tryOpen(buffer: ArrayBuffer): LayerIndex | undefined {
  try {
    return openLayerIndex(buffer);
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}
