import { findImage } from '../../image/find-image';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { printInspected } from './inspect-images';
import { allImages, lookUpError } from './stored-images';

/** `docker image inspect`. */
export const imageInspect: Command = {
  paths: ['docker image inspect'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Display detailed information on one or more images',
  aliases: [],
  rule: { kind: 'at least', count: 1 },
  flags: [],
  run,
};

async function run({ operands }: Call, context: CommandContext): Promise<number> {
  const images = await allImages(context);
  return printInspected(
    operands,
    (name) => {
      if (name === '') throw new CommandError('refused', 'Error: No such image: ');
      try {
        return findImage(images, name);
      } catch (error) {
        throw lookUpError(error, `no such image: ${name}: `) ?? error;
      }
    },
    context,
  );
}
