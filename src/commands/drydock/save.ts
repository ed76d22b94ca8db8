import type { LayerEncoding } from '../../layer/encode-layer';
import { listImages } from '../../image/image-list';
import type { ArchiveType } from '../../archive/write/save-notes';
import { parsePlatformText, type Platform } from '../../oci/platform';
import type { Call, Command, CommandContext } from '../command';
import { savedImages, type Refuse } from '../docker/archive/saved-names';
import { CommandError } from '../errors';
import { checkOutput, saveArchive } from '../save-archive';

const TYPES: readonly ArchiveType[] = ['docker', 'oci', 'legacy'];
const ENCODINGS: readonly LayerEncoding[] = ['none', 'gzip', 'zstd'];

/** `drydock save`: what `docker save` does, with a choice of archive, compression and platforms. */
export const save: Command = {
  paths: ['drydock save'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Save images to an archive of any type and compression',
  aliases: [],
  rule: { kind: 'at least', count: 1 },
  flags: [
    {
      name: 'output',
      shorthand: 'o',
      kind: 'string',
      help: 'Write to a file, instead of STDOUT',
    },
    {
      name: 'type',
      kind: 'string',
      help: "'docker' (default): an OCI layout that engines since 1.10 load, too; 'oci': the layout alone; 'legacy': what engines before 1.10 wrote",
      values: TYPES,
    },
    {
      name: 'compress',
      kind: 'string',
      help: "'none', 'gzip' or 'zstd' packs layers anew; without it they stay as they are stored",
      values: ENCODINGS,
    },
    {
      name: 'platform',
      kind: 'csv',
      help: 'Save only these platforms, each as "os[/arch[/variant]]"',
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const type = oneOf(TYPES, 'type', flags.string('type')) ?? 'docker';
  const encoding = oneOf(ENCODINGS, 'compression', flags.string('compress'));
  if (type === 'legacy' && encoding !== undefined && encoding !== 'none') {
    throw new CommandError('usage', 'legacy archives hold plain layers: leave --compress out');
  }
  const platforms = flags.list('platform').map(parsePlatform);
  const output = flags.string('output');
  checkOutput(output, context);
  const stored = await listImages(context.store, context.platform);
  const images = savedImages(stored, operands, refuse);
  await saveArchive({ images, platforms, output, type, encoding }, context, refuse);
  return 0;
}

const refuse: Refuse = (message, options) =>
  new CommandError('refused', `Error: ${message}`, options);

function oneOf<T extends string>(values: readonly T[], what: string, text: string): T | undefined {
  const value = values.find((each) => each === text);
  if (value !== undefined || text === '') return value;
  const list = values.map((each) => `"${each}"`).join(', ');
  throw new CommandError('usage', `unknown ${what}: "${text}": must be one of ${list}`);
}

function parsePlatform(text: string): Platform {
  const platform = parsePlatformText(text);
  if (!platform) throw new CommandError('usage', `invalid platform: "${text}"`);
  return platform;
}
