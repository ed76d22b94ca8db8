import { findImage } from '../../image/find-image';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { INSPECT_FORMAT, printInspected, type FindInspected } from './inspect-images';
import { allImages, lookUpError } from './stored-images';

/** `docker image inspect`. */
export const imageInspect: Command = {
  paths: ['docker image inspect'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Display detailed information on one or more images',
  aliases: [],
  rule: { kind: 'at least', count: 1 },
  flags: [INSPECT_FORMAT],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const images = await allImages(context);
  const find: FindInspected = (name) => {
    if (name === '') throw new CommandError('refused', 'Error: No such image: ');
    try {
      return findImage(images, name);
    } catch (error) {
      throw lookUpError(error, `no such image: ${name}: `) ?? error;
    }
  };
  return printInspected(operands, { find, format: flags.string('format') }, context);
}
