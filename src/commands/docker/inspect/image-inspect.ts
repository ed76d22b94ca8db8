import { findImage } from '../../../image/find-image';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { DOCUMENT_FORMAT } from '../document-format';
import { printInspected, type FindInspected } from './inspect-images';
import { parsePlatformFlag } from '../platform-flag';
import { allImages, forPlatform, lookUpError } from '../images/stored-images';

/** `docker image inspect`. */
export const imageInspect: Command = {
  paths: ['docker image inspect'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Display detailed information on one or more images',
  aliases: [],
  rule: { kind: 'at least', count: 1 },
  flags: [
    DOCUMENT_FORMAT,
    {
      name: 'platform',
      kind: 'string',
      help: `Inspect a specific platform of the multi-platform image.
If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
      hidden: true,
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const asked = flags.string('platform');
  const platform = asked === '' ? undefined : parsePlatformFlag(asked, { prefix: '' });
  const images = await allImages(context);
  const find: FindInspected = (name) => {
    if (name === '') throw new CommandError('refused', 'Error: No such image: ');
    // An engine that knows platforms has other words for an image that is not here.
    const prefix = platform ? '' : `no such image: ${name}: `;
    try {
      const image = findImage(images, name);
      return platform ? forPlatform(image, name, platform) : image;
    } catch (error) {
      throw lookUpError(error, prefix) ?? error;
    }
  };
  return printInspected(operands, { find, format: flags.string('format') }, context);
}
