import { blobSource } from '../../../base/byte-source';
import { isCoded } from '../../../base/errors';
import { loadArchive, type LoadEvent } from '../../../archive/load';
import { openArchive } from '../../../archive/open-archive';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError, engineError } from '../../errors';
import { parsePlatformFlag } from '../platform-flag';

/** `docker load`: every image of an archive, or none. */
export const load: Command = {
  paths: ['docker image load', 'docker load'],
  operands: '[OPTIONS]',
  summary: 'Load an image from a tar archive or STDIN',
  aliases: ['docker image load', 'docker load'],
  rule: { kind: 'none' },
  flags: [
    {
      name: 'input',
      shorthand: 'i',
      kind: 'string',
      help: 'Read from tar archive file, instead of STDIN',
    },
    {
      name: 'platform',
      kind: 'string',
      help: 'Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      hidden: true,
    },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Suppress the load output' },
  ],
  run,
};

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const { name, blob } = await openInput(flags.string('input'), context);
  const platform = flags.string('platform');
  const only =
    platform === '' ? undefined : parsePlatformFlag(platform, { prefix: 'invalid platform: ' });
  const { unpackArchive, signal, onProgress } = context;
  const archive = await openArchive(blobSource(blob), { name, unpackArchive, signal, onProgress });
  try {
    const { events } = await loadArchive(archive, { ...context, only });
    context.out.write(events.map((event) => `${describe(event)}\n`).join(''));
    return 0;
  } catch (error) {
    const isAbsent = isCoded(error) && error.code === 'no-such-platform';
    throw isAbsent ? engineError(error.message, { cause: error }) : error;
  } finally {
    await archive.close();
  }
}

async function openInput(
  name: string,
  { files, input }: CommandContext,
): Promise<{ readonly name: string; readonly blob: Blob }> {
  if (name === '') {
    if (input) return input;
    throw new CommandError('refused', 'requested load from stdin, but stdin is empty');
  }
  const blob = await files.read(name);
  if (!blob) throw new CommandError('refused', `open ${name}: no such file or directory`);
  return { name, blob };
}

function describe(event: LoadEvent): string {
  switch (event.kind) {
    case 'moved':
      return `The image ${event.name} already exists, renaming the old one with ID ${event.previous} to empty string`;
    case 'loaded':
      return `Loaded image: ${event.name}`;
    case 'loaded-id':
      return `Loaded image ID: ${event.imageId}`;
  }
}
