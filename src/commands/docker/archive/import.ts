import { importRootFilesystem } from '../../../archive/root-filesystem';
import { blobSource } from '../../../base/byte-source';
import { isCoded } from '../../../base/errors';
import { configOfChanges } from '../../../image/dockerfile/config-changes';
import { DockerfileError } from '../../../image/dockerfile/errors';
import type { Platform } from '../../../oci/platform';
import {
  canonicalReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../../../oci/reference';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError, engineError } from '../../errors';
import { parsePlatformFlag } from '../platform-flag';

/** `docker import`: a root filesystem becomes an image of one layer. */
export const importCommand: Command = {
  paths: ['docker image import', 'docker import'],
  operands: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  summary: 'Import the contents from a tarball to create a filesystem image',
  aliases: ['docker image import', 'docker import'],
  rule: { kind: 'at least', count: 1 },
  flags: [
    {
      name: 'change',
      shorthand: 'c',
      kind: 'list',
      help: 'Apply Dockerfile instruction to the created image',
    },
    {
      name: 'message',
      shorthand: 'm',
      kind: 'string',
      help: 'Set commit message for imported image',
    },
    {
      name: 'platform',
      kind: 'string',
      help: 'Set platform if server is multi-platform capable',
    },
  ],
  run,
};

/** What an engine notes of a file that its client sends it, whatever the file is called. */
const DEFAULT_MESSAGE = 'Imported from -';

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const [file = '', reference = ''] = operands;
  const { name, blob } = await openInput(file, context);
  // In the order in which client and engine look at them: the first that is wrong is what is told.
  const parsed = reference === '' ? undefined : readReference(reference);
  const platform = readPlatform(flags.string('platform'), context);
  if (parsed?.digest !== undefined) throw engineError('cannot import digest reference');
  if (platform.os !== 'linux') throw engineError('operating system is not supported');
  const image = {
    what: name,
    name: parsed && canonicalReference(withDefaultTag(parsed)),
    message: flags.string('message') || DEFAULT_MESSAGE,
    platform,
    config: changedConfig(flags.list('change')),
  };
  const imageId = await importRootFilesystem(blobSource(blob), image, context);
  context.out.write(`${imageId}\n`);
  return 0;
}

async function openInput(
  name: string,
  { files, input }: CommandContext,
): Promise<{ readonly name: string; readonly blob: Blob }> {
  if (name === '-') {
    if (input) return input;
    throw new CommandError('refused', 'requested import from stdin, but stdin is empty');
  }
  if (/^https?:\/\//.test(name)) {
    throw new CommandError(
      'refused',
      `${name} is not fetched: Drydock imports files; download it, and import that`,
    );
  }
  const blob = await files.read(name);
  if (!blob) throw new CommandError('refused', `open ${name}: no such file or directory`);
  return { name, blob };
}

function readReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('refused', error.message, { cause: error });
  }
}

/** Engine 20.10 minds the system alone, and takes its own architecture. */
function readPlatform(text: string, { platform }: CommandContext): Platform {
  const { architecture } = platform;
  if (text === '') return { os: platform.os, architecture };
  const { os } = parsePlatformFlag(text, { prefix: 'Error response from daemon: ', isOld: true });
  return { os, architecture };
}

function changedConfig(changes: readonly string[]): ReturnType<typeof configOfChanges> {
  try {
    return configOfChanges(changes);
  } catch (error) {
    throw error instanceof DockerfileError ? engineError(error.message, { cause: error }) : error;
  }
}
