import { findImage } from '../../image/find-image';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { INSPECT_FORMAT, printInspected, type FindInspected } from './inspect-images';
import { allImages, lookUpError } from './stored-images';

const TYPES = [
  'config',
  'container',
  'image',
  'network',
  'node',
  'plugin',
  'secret',
  'service',
  'task',
  'volume',
] as const;

/** `docker inspect`: of the objects that it knows, images are here. */
export const inspect: Command = {
  paths: ['docker inspect'],
  operands: '[OPTIONS] NAME|ID [NAME|ID...]',
  summary: 'Return low-level information on Docker objects',
  aliases: [],
  rule: { kind: 'at least', count: 1 },
  flags: [
    INSPECT_FORMAT,
    {
      name: 'size',
      shorthand: 's',
      kind: 'bool',
      help: 'Display total file sizes if the type is container',
    },
    {
      name: 'type',
      kind: 'string',
      help: 'Only inspect objects of the given type',
      // Nothing else is here.
      values: ['image'],
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const type = flags.string('type');
  const known = `must be one of "${TYPES.join('", "')}"`;
  if (flags.isSet('type') && type === '') {
    throw new CommandError('usage', `type is empty: ${known}`);
  }
  if (type !== '' && !TYPES.some((each) => each === type)) {
    throw new CommandError('usage', `unknown type: "${type}": ${known}`);
  }
  const images = await allImages(context);
  const find: FindInspected = (name) => {
    if (name === '') {
      throw new CommandError('refused', 'invalid container name or ID: value is empty');
    }
    try {
      if (type === '' || type === 'image') return findImage(images, name);
    } catch (error) {
      const complaint = lookUpError(error, `no such image: ${name}: `);
      if (!complaint) throw error;
      if (type === 'image') throw complaint;
    }
    throw new CommandError('refused', `Error: No such object: ${name}`);
  };
  if (flags.bool('size')) warnOfSize(operands, find, context);
  return printInspected(operands, { find, format: flags.string('format') }, context);
}

function warnOfSize(names: readonly string[], find: FindInspected, { err }: CommandContext): void {
  for (const name of names) {
    try {
      find(name);
      err.write('WARNING: --size ignored for image\n');
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
    }
  }
}
