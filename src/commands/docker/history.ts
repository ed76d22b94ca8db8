import { humanDuration } from '../../base/human-duration';
import { dockerSize } from '../../base/human-size';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../../base/timestamp';
import { joinHistory } from '../../image/history';
import type { ListedImage } from '../../image/image-list';
import type { ImageConfig } from '../../oci/image-config';
import type { Call, Command, CommandContext } from '../command';
import { engineError } from '../errors';
import { ellipsis } from '../shell/char-width';
import { FORMAT_HELP, formatRows, type Row, type RowKind } from './formatter';
import { parsePlatformFlag } from './platform-flag';
import { allImages, forPlatform, lookUp, readConfig } from './stored-images';

/** Of the epoch; docker's client shows no age for what was created up to here. */
const YEAR_2000 = Date.UTC(2000, 0, 1) / 1000;
const CREATED_BY_WIDTH = 45;

/** `docker history`: the steps that made an image, newest first. */
export const history: Command = {
  paths: ['docker image history', 'docker history'],
  operands: '[OPTIONS] IMAGE',
  summary: 'Show the history of an image',
  aliases: ['docker image history', 'docker history'],
  rule: { kind: 'exactly', count: 1 },
  flags: [
    { name: 'format', kind: 'string', help: FORMAT_HELP, values: ['table', 'json'] },
    {
      name: 'human',
      shorthand: 'H',
      kind: 'bool',
      help: 'Print sizes and dates in human readable format',
      default: true,
    },
    { name: 'no-trunc', kind: 'bool', help: "Don't truncate output" },
    {
      name: 'platform',
      kind: 'string',
      help: 'Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      hidden: true,
    },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Only show image IDs' },
  ],
  run,
};

/** One step as the engine answers it. */
interface HistoryRow {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly createdBy: string;
  /** Bytes. */
  readonly size: number;
  readonly comment: string;
}

const HISTORY_ROW: RowKind = {
  type: '*image.historyContext',
  headings: new Map([
    ['ID', 'IMAGE'],
    ['CreatedSince', 'CREATED'],
    ['CreatedAt', 'CREATED AT'],
    ['CreatedBy', 'CREATED BY'],
    ['Size', 'SIZE'],
    ['Comment', 'COMMENT'],
  ]),
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const [name = ''] = operands;
  const asked = flags.string('platform');
  const platform =
    asked === '' ? undefined : parsePlatformFlag(asked, { prefix: 'invalid platform: ' });
  const images = await allImages(context);
  const found = lookUp(images, name);
  const image = platform ? forPlatform(found, name, platform) : found;
  const rows = historyRows(image, await readConfig(context, image), images);
  const isHuman = flags.bool('human');
  const format = historyFormat(flags.string('format') || 'table', flags.bool('quiet'), isHuman);
  const options = { isHuman, isTruncated: !flags.bool('no-trunc'), now: context.now() };
  context.out.write(
    formatRows(
      format,
      rows.map((row) => templateRow(row, options)),
      HISTORY_ROW,
    ),
  );
  return 0;
}

function historyFormat(source: string, isQuiet: boolean, isHuman: boolean): string {
  if (source !== 'table') return source;
  if (isQuiet) return '{{.ID}}';
  const created = isHuman ? '{{.CreatedSince}}' : '{{.CreatedAt}}';
  return `table {{.ID}}\t${created}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
}

interface RowOptions {
  readonly isHuman: boolean;
  readonly isTruncated: boolean;
  readonly now: number;
}

function templateRow(row: HistoryRow, { isHuman, isTruncated, now }: RowOptions): Row {
  return new Map<string, () => string>([
    ['ID', () => (isTruncated ? shortId(row.id) : row.id)],
    ['CreatedAt', () => createdAt(row)],
    ['CreatedSince', () => (isHuman ? createdAge(row, now) : createdAt(row))],
    ['CreatedBy', () => createdBy(row, isTruncated)],
    ['Size', () => (isHuman ? dockerSize(row.size) : String(row.size))],
    ['Comment', () => row.comment],
  ]);
}

/** Newest first. Steps of images that this one was built on have their IDs, where those are here; the others are `<missing>`. */
function historyRows(
  image: ListedImage,
  config: ImageConfig,
  images: readonly ListedImage[],
): readonly HistoryRow[] {
  const { shown } = image;
  const { steps } = joinHistory(config);
  const rows = steps.map(({ entry, layer }) => {
    if (layer === undefined && !entry.emptyLayer) {
      throw engineError('too many non-empty layers in History section');
    }
    return {
      id: '<missing>',
      created: (parseTimestamp(entry.created ?? '') ?? ZERO_TIME).seconds,
      createdBy: entry.createdBy,
      size: layer === undefined ? 0 : (shown.layers[layer]?.unpackedSize ?? 0),
      comment: entry.comment,
    };
  });
  const ids = lineage(image, images);
  return rows.reverse().map((row, i) => ({ ...row, id: ids[i] ?? row.id }));
}

/** IDs of an image and of those that it was built on, as far as they are stored. */
function lineage(image: ListedImage, images: readonly ListedImage[]): readonly string[] {
  const ids: string[] = [];
  let next: ListedImage | undefined = image;
  while (next && !ids.includes(next.imageId)) {
    const { imageId, shown }: ListedImage = next;
    ids.push(imageId);
    next = images.find((each) => each.imageId === shown.parent);
  }
  return ids;
}

function shortId(id: string): string {
  return id.startsWith('sha256:') ? id.slice('sha256:'.length).slice(0, 12) : id;
}

function createdAge({ created }: HistoryRow, now: number): string {
  return created <= YEAR_2000 ? 'N/A' : `${humanDuration(now - created * 1000)} ago`;
}

function createdAt({ created }: HistoryRow): string {
  return formatTimestamp({ seconds: created, nanoseconds: 0, offsetMinutes: 0 });
}

function createdBy({ createdBy }: HistoryRow, isTruncated: boolean): string {
  const text = createdBy.replaceAll('\t', ' ');
  return isTruncated ? ellipsis(text, CREATED_BY_WIDTH) : text;
}
