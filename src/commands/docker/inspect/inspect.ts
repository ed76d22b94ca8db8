import { findImage } from '../../../image/find-image';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError, engineError } from '../../errors';
import { DOCUMENT_FORMAT } from '../document-format';
import { printInspected, type FindInspected } from './inspect-images';
import { allImages, lookUpError } from '../images/stored-images';

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
    DOCUMENT_FORMAT,
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
    if (name === '') throw new CommandError('refused', emptyName(type));
    if (type !== '' && type !== 'image') throw engineError(notFound(type, name));
    try {
      return findImage(images, name);
    } catch (error) {
      const complaint = lookUpError(error, `no such image: ${name}: `);
      if (!complaint || type === 'image') throw complaint ?? error;
    }
    throw new CommandError('refused', `Error: No such object: ${name}`);
  };
  if (flags.bool('size')) warnOfSize(operands, find, context);
  return printInspected(operands, { find, format: flags.string('format') }, context);
}

/** What the client says before it asks. Any object may be a container. */
function emptyName(type: string): string {
  if (type === 'image') return 'Error: No such image: ';
  // "contig" is what docker prints.
  const kind = type === 'config' ? 'contig' : type || 'container';
  return `invalid ${kind} name or ID: value is empty`;
}

/** What an engine says that has only images, and is in no swarm. */
function notFound(type: string, name: string): string {
  switch (type) {
    case 'container':
      return `No such container: ${name}`;
    case 'network':
      return `network ${name} not found`;
    case 'plugin':
      return `plugin ${JSON.stringify(name)} not found`;
    case 'volume':
      return `get ${name}: no such volume`;
    default:
      return 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
  }
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
