import type { Call, Command, CommandContext } from '../../command';
import { engineError } from '../../errors';
import { checkOutput, saveArchive } from '../../save-archive';
import { parsePlatformFlag } from '../platform-flag';
import { savedImages } from './saved-names';
import { allImages } from '../images/stored-images';

/** `docker save`: images as an archive that engines load. */
export const save: Command = {
  paths: ['docker image save', 'docker save'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
  aliases: ['docker image save', 'docker save'],
  rule: { kind: 'at least', count: 1 },
  flags: [
    {
      name: 'output',
      shorthand: 'o',
      kind: 'string',
      help: 'Write to a file, instead of STDOUT',
    },
    {
      name: 'platform',
      kind: 'string',
      help: 'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      hidden: true,
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const asked = flags.string('platform');
  const platforms =
    asked === '' ? [] : [parsePlatformFlag(asked, { prefix: 'invalid platform: ' })];
  const output = flags.string('output');
  checkOutput(output, context);
  const images = savedImages(await allImages(context), operands, engineError);
  if (images.some(({ image }) => image.shown.layers.length === 0)) {
    throw engineError('empty export - not implemented');
  }
  await saveArchive({ images, platforms, output }, context, engineError);
  return 0;
}
