import { mergeLayers } from '../../layer/stack/merge-layers';
import type { EntryTable } from '../../layer/index/layer-index';
import type { Call, Command, CommandContext } from '../command';
import {
  chooseLayer,
  choosePlatform,
  FORMAT_FLAG,
  LAYER_FLAG,
  PLATFORM_FLAG,
  readIndex,
  wantsJson,
} from './chosen-image';
import { printEntries } from './print-entries';

/** `drydock files`: what is in an image's final filesystem, or in one of its layers. */
export const files: Command = {
  paths: ['drydock files'],
  operands: '[OPTIONS] IMAGE',
  summary: 'List the files of an image or of one of its layers',
  aliases: [],
  rule: { kind: 'exactly', count: 1 },
  flags: [FORMAT_FLAG, LAYER_FLAG, PLATFORM_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const platform = await choosePlatform(call.operands[0] ?? '', call, context);
  const layer = chooseLayer(call, platform);
  const table: EntryTable = layer
    ? await readIndex(layer, context)
    : mergeLayers(await Promise.all(platform.layers.map((each) => readIndex(each, context))));
  context.out.write(printEntries(table, isJson));
  return 0;
}
