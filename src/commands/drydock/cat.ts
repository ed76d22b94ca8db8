import type { LayerSummary } from '../../image/image-summary';
import { LayerError } from '../../layer/errors';
import type { ContentLocation } from '../../layer/index/layer-index';
import { mergeLayers } from '../../layer/stack/merge-layers';
import type { Call, Command, CommandContext } from '../command';
import { chooseLayer, choosePlatform, LAYER_FLAG, PLATFORM_FLAG, readIndex } from './chosen-image';
import { FILE_OUTPUT_FLAG, printFile, rootPath } from './print-file';

/** `drydock cat`: the bytes of one file. */
export const cat: Command = {
  paths: ['drydock cat'],
  operands: '[OPTIONS] IMAGE PATH',
  summary: 'Print a file of an image, or write it with > NAME',
  aliases: [],
  rule: { kind: 'exactly', count: 2 },
  flags: [LAYER_FLAG, PLATFORM_FLAG, FILE_OUTPUT_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const [name = '', writtenPath = ''] = call.operands;
  const platform = await choosePlatform(name, call, context);
  const path = rootPath(writtenPath);
  const chosen = chooseLayer(call, platform);
  const { layer, location } = chosen
    ? await locateIn(chosen, path, context)
    : await locateMerged(platform.layers, path, context);
  const source = await context.store.content.open(layer.digest);
  const content = await context.readContent(source, location, { signal: context.signal });
  await printFile(content, call.flags.string('output'), context);
  return 0;
}

interface Located {
  readonly layer: LayerSummary;
  readonly location: ContentLocation;
}

async function locateIn(
  layer: LayerSummary,
  path: string,
  context: CommandContext,
): Promise<Located> {
  const index = await readIndex(layer, context);
  const entry = index.find(path);
  if (!entry) throw noSuchPath(path);
  return { layer, location: index.locate(entry.position) };
}

async function locateMerged(
  layers: readonly LayerSummary[],
  path: string,
  context: CommandContext,
): Promise<Located> {
  const indexes = await Promise.all(layers.map((each) => readIndex(each, context)));
  const content = mergeLayers(indexes).contentOf(path);
  const layer = layers[content.layer];
  if (!layer) throw noSuchPath(path);
  return { layer, location: content.location };
}

function noSuchPath(path: string): LayerError {
  return new LayerError('no-such-path', `There is no "${path}".`, { detail: { path } });
}
