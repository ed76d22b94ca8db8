import { dockerSize } from '../../../base/human-size';
import { diskUsage, type DiskUsage } from '../../../image/disk-usage';
import type { ListedImage } from '../../../image/image-list';
import { isCoded } from '../../../base/errors';
import { shortDigest } from '../../../oci/digest';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { goInt, goStruct, type GoField, type GoValue } from '../../template/go-value';
import { Template } from '../../template/template';
import {
  FORMAT_HELP,
  formatRows,
  rowValue,
  templateError,
  type Row,
  type RowKind,
} from '../formatter';
import { filterImages } from '../images/image-filter';
import {
  createdSince,
  IMAGE_CONTEXT,
  IMAGE_ROW,
  imageFields,
  imageRows,
  imageStruct,
  NONE,
  shownSize,
  unixTimeText,
} from '../images/image-row';
import { allImages } from '../images/stored-images';

/** `docker system df`: what images take. There are no containers, volumes or build cache: they count 0. */
export const systemDf: Command = {
  paths: ['docker system df'],
  operands: '[OPTIONS]',
  summary: 'Show docker disk usage',
  aliases: [],
  rule: { kind: 'none' },
  flags: [
    { name: 'format', kind: 'string', help: FORMAT_HELP, values: ['table', 'json', 'raw'] },
    {
      name: 'verbose',
      shorthand: 'v',
      kind: 'bool',
      help: 'Show detailed information on space usage',
    },
  ],
  run,
};

const USAGE_ROW: RowKind = {
  headings: new Map([
    ['Type', 'TYPE'],
    ['TotalCount', 'TOTAL'],
    ['Active', 'ACTIVE'],
    ['Size', 'SIZE'],
    ['Reclaimable', 'RECLAIMABLE'],
  ]),
};

const USAGE_TABLE = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';
const USAGE_RAW =
  'type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n';

/** What there is none of, in docker's order, with what the client holds of it. */
const NOTHING: readonly (readonly [type: string, context: string, fields: readonly GoField[]])[] = [
  ['Containers', 'Containers', [['containers', none('[]*container.Summary')]]],
  ['Local Volumes', 'Volumes', [['volumes', none('[]*volume.Volume')]]],
  [
    'Build Cache',
    'Builder',
    [
      ['builderSize', goInt(0, 'int64')],
      ['buildCache', none('[]*build.CacheRecord')],
    ],
  ],
];

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const all = await allImages(context);
  const shown = filterImages(all, { filters: [], all: false, now: context.now() });
  const usage = diskUsage(shown, all);
  const format = flags.string('format') || 'table';
  const text = flags.bool('verbose')
    ? verbose(usage, format, context.now())
    : formatRows(usageFormat(format), usageRows(usage), USAGE_ROW);
  context.out.write(text);
  return 0;
}

function usageFormat(source: string): string {
  if (source === 'table') return USAGE_TABLE;
  return source === 'raw' ? USAGE_RAW : source;
}

function usageRows({ images, total }: DiskUsage): readonly Row[] {
  const size = dockerSize(total, 4);
  // Nothing runs, so that all of it could be freed.
  const reclaimable = total > 0 ? `${size} (100%)` : size;
  return [
    {
      type: '*formatter.diskUsageImagesContext',
      cells: usageCells(['Images', String(images.length), size, reclaimable]),
      fields: () => [
        ['totalSize', goInt(total, 'int64')],
        ['images', { kind: 'slice', items: images.map(summary), type: '[]*image.Summary' }],
      ],
    },
    ...NOTHING.map(([type, context, fields]) => ({
      type: `*formatter.diskUsage${context}Context`,
      cells: usageCells([type, '0', '0B', '0B']),
      fields: () => fields,
    })),
  ];
}

function summary({ image, shared }: DiskUsage['images'][number]): GoValue {
  const to = imageStruct(image, { containers: 0, sharedSize: shared });
  return { kind: 'pointer', to, type: '*image.Summary' };
}

function usageCells([type, count, size, reclaimable]: readonly [
  type: string,
  count: string,
  size: string,
  reclaimable: string,
]): Row['cells'] {
  return new Map([
    ['Type', () => type],
    ['TotalCount', () => count],
    ['Active', () => '0'],
    ['Size', () => size],
    ['Reclaimable', () => reclaimable],
  ]);
}

/** Sections of docker's table, each with its heading. */
const SECTIONS = [
  ['Images space usage:', undefined],
  [
    'Containers space usage:',
    'CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES',
  ],
  ['Local Volumes space usage:', 'VOLUME NAME\tLINKS\tSIZE'],
  ['Build cache usage: 0B', 'CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED'],
] as const;

const IMAGE_COLUMNS = [
  ...['Repository', 'Tag', 'ID', 'CreatedSince', 'Size'],
  ...['SharedSize', 'UniqueSize', 'Containers'],
];

function verbose(usage: DiskUsage, format: string, now: number): string {
  const isTable = format.startsWith('table');
  const rows = usage.images.map((each) => imageRow(each, { isTruncated: isTable, now }));
  if (format !== 'table') return executeOnAll(format, rows);
  const columns = IMAGE_COLUMNS.map((name) => `{{.${name}}}`).join('\t');
  const tables = SECTIONS.map(([title, headings]) => {
    const table =
      headings === undefined
        ? formatRows(`table ${columns}`, rows, IMAGE_ROW)
        : formatRows(`table ${headings}`, [], { headings: new Map() });
    return `${title}\n\n${table}`;
  });
  return tables.join('\n');
}

interface RowOptions {
  readonly isTruncated: boolean;
  readonly now: number;
}

/** Under the first of its names alone. */
function imageRow(
  { image, shared }: { readonly image: ListedImage; readonly shared: number },
  { isTruncated, now }: RowOptions,
): Row {
  const { imageId, created, shown, names } = image;
  const [first] = names.length > 0 ? imageRows(image, false) : [];
  const { repository = NONE, tag = NONE } = first ?? {};
  const row = { image, repository, tag, digest: '' };
  const cells = new Map<string, () => string>([
    ['ID', () => (isTruncated ? shortDigest(imageId) : imageId)],
    ['Repository', () => row.repository],
    ['Tag', () => row.tag],
    ['Digest', () => ''],
    ['CreatedSince', () => createdSince(created.seconds, now)],
    ['CreatedAt', () => unixTimeText(created.seconds)],
    ['Size', () => shownSize(image)],
    ['Containers', () => '0'],
    ['VirtualSize', () => dockerSize(shown.unpackedSize, 4)],
    ['SharedSize', () => dockerSize(shared, 4)],
    ['UniqueSize', () => dockerSize(shown.unpackedSize - shared, 4)],
  ]);
  const listed = { isTruncated, containers: 0, sharedSize: shared };
  return { type: IMAGE_CONTEXT, cells, fields: () => imageFields(row, listed) };
}

const VERBOSE_RAW =
  '{{range .Images}}type: Image\nrepository: {{ .Repository }}\ntag: {{.Tag}}\ndigest: {{.Digest}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n\n{{end -}}';

/** One template for everything, with no line feed after it. */
function executeOnAll(format: string, rows: readonly Row[]): string {
  const source = { json: '{{json .}}', raw: VERBOSE_RAW }[format] ?? format.replace(/^table/, '');
  const trimmed = source.replace(/^ +| +$/g, '');
  const template = parse(trimmed.replaceAll(String.raw`\t`, '\t').replaceAll(String.raw`\n`, '\n'));
  try {
    return template.execute(everything(rows));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', error.message, { cause: error });
  }
}

function parse(text: string): Template {
  try {
    return new Template(text);
  } catch (error) {
    throw templateError(error);
  }
}

function everything(rows: readonly Row[]): GoValue {
  const images = rows.map((row) => rowValue(row, IMAGE_ROW));
  const to = goStruct('formatter.diskUsageContext', [
    ['Images', { kind: 'slice', items: images, type: '[]*formatter.imageContext' }],
    ['Containers', none('[]*formatter.ContainerContext')],
    ['Volumes', none('[]*formatter.volumeContext')],
    ['BuildCache', none('[]*formatter.buildCacheContext')],
  ]);
  return { kind: 'pointer', type: '*formatter.diskUsageContext', to: { ...to, escapesHtml: true } };
}

function none(type: string): GoValue {
  return { kind: 'slice', items: [], type };
}
