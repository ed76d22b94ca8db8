import { dockerSize } from '../../../base/human-size';
import type { ListedImage } from '../../../image/image-list';
import { shortDigest } from '../../../oci/digest';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import type { FlagValues } from '../../shell/flags';
import { FORMAT_HELP, formatRows, type Row } from '../formatter';
import { filterImages, LIST_FILTER_VALUES } from './image-filter';
import {
  createdSince,
  IMAGE_CONTEXT,
  IMAGE_ROW,
  imageFields,
  imageRows,
  shownSize,
  unixTimeText,
  type ImageRow,
} from './image-row';
import { imageTree } from './image-tree';
import { allImages } from './stored-images';

const DEFAULT_COLUMNS = ['{{.Repository}}', '{{.Tag}}', '{{.ID}}'] as const;
const LAST_COLUMNS = [
  '{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}',
  '{{.Size}}',
] as const;

/** `docker images`: what is stored, newest first. */
export const images: Command = {
  paths: ['docker image ls', 'docker images'],
  synonyms: ['docker image list'],
  operands: '[OPTIONS] [REPOSITORY[:TAG]]',
  summary: 'List images',
  aliases: ['docker image ls', 'docker image list', 'docker images'],
  rule: { kind: 'at most', count: 1 },
  flags: [
    {
      name: 'all',
      shorthand: 'a',
      kind: 'bool',
      help: 'Show all images (default hides intermediate images)',
    },
    { name: 'digests', kind: 'bool', help: 'Show digests' },
    {
      name: 'filter',
      shorthand: 'f',
      kind: 'filter',
      help: 'Filter output based on conditions provided',
      values: LIST_FILTER_VALUES,
    },
    { name: 'format', kind: 'string', help: FORMAT_HELP, values: ['table', 'json', 'raw'] },
    { name: 'no-trunc', kind: 'bool', help: "Don't truncate output" },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Only show image IDs' },
    {
      name: 'tree',
      kind: 'bool',
      help: 'List multi-platform images as a tree (EXPERIMENTAL)',
      hidden: true,
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const [pattern = ''] = operands;
  const isTree = flags.bool('tree');
  if (isTree) refuseBesideTree(flags);
  const filters = [...flags.list('filter'), ...(pattern === '' ? [] : [`reference=${pattern}`])];
  const shown = filterImages(await allImages(context), {
    filters,
    all: flags.bool('all'),
    now: context.now(),
  });
  if (isTree) {
    context.out.write(imageTree(shown, flags.bool('all')));
    return 0;
  }
  const format = imageFormat(flags.string('format') || 'table', {
    isQuiet: flags.bool('quiet'),
    showDigests: flags.bool('digests'),
  });
  const showDigests = flags.bool('digests') || format.includes('{{.Digest}}');
  const isTruncated = !flags.bool('no-trunc');
  const now = context.now();
  const rows = shown.flatMap((image) => {
    const cells = imageCells(image, isTruncated, now);
    return imageRows(image, showDigests).map((row) => templateRow(row, cells, isTruncated));
  });
  context.out.write(formatRows(format, rows, IMAGE_ROW));
  return 0;
}

/** The client's own names of the flags that a tree cannot do. */
function refuseBesideTree(flags: FlagValues): void {
  const refused = [
    ['--quiet', flags.bool('quiet')],
    ['--no-trunc', flags.bool('no-trunc')],
    ['--show-digest', flags.bool('digests')],
    ['--format', flags.string('format') !== ''],
  ] as const;
  const first = refused.find(([, isGiven]) => isGiven);
  if (first) throw new CommandError('usage', `${first[0]} is not yet supported with --tree`);
}

interface FormatOptions {
  readonly isQuiet: boolean;
  readonly showDigests: boolean;
}

/** https://github.com/docker/cli/blob/v28.2.2/cli/command/formatter/image.go (NewImageFormat) */
function imageFormat(source: string, { isQuiet, showDigests }: FormatOptions): string {
  if (source === 'table') {
    if (isQuiet) return '{{.ID}}';
    const [repository, tag, id] = DEFAULT_COLUMNS;
    const digest = showDigests ? ['{{.Digest}}'] : [];
    return `table ${[repository, tag, ...digest, id, ...LAST_COLUMNS].join('\t')}`;
  }
  if (source === 'raw') {
    if (isQuiet) return 'image_id: {{.ID}}';
    const digest = showDigests ? 'digest: {{.Digest}}\n' : '';
    return `repository: {{ .Repository }}\ntag: {{.Tag}}\n${digest}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`;
  }
  const lacksDigest = source.startsWith('table') && showDigests && !source.includes('{{.Digest}}');
  return lacksDigest ? `${source}\t{{.Digest}}` : source;
}

/** The cells that all rows of an image have. Containers, which there are none of, and sizes that only `docker system df` works out are not told. */
function imageCells(image: ListedImage, isTruncated: boolean, now: number): Row['cells'] {
  const { imageId, created, shown } = image;
  return new Map<string, () => string>([
    ['ID', () => (isTruncated ? shortDigest(imageId) : imageId)],
    ['CreatedSince', once(() => createdSince(created.seconds, now))],
    ['CreatedAt', once(() => unixTimeText(created.seconds))],
    ['Size', once(() => shownSize(image))],
    ['Containers', () => 'N/A'],
    ['VirtualSize', once(() => dockerSize(shown.unpackedSize, 4))],
    ['SharedSize', () => 'N/A'],
    ['UniqueSize', () => 'N/A'],
  ]);
}

/** Makes a text when it is first asked for, and no second time. */
function once(make: () => string): () => string {
  let text: string | undefined;
  return () => (text ??= make());
}

function templateRow(row: ImageRow, ofImage: Row['cells'], isTruncated: boolean): Row {
  const cells = new Map(ofImage)
    .set('Repository', () => row.repository)
    .set('Tag', () => row.tag)
    .set('Digest', () => row.digest);
  const listed = { isTruncated, containers: -1, sharedSize: -1 };
  return { type: IMAGE_CONTEXT, cells, fields: () => imageFields(row, listed) };
}
