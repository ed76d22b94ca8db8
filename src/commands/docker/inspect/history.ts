import { humanDuration } from '../../../base/human-duration';
import { dockerSize } from '../../../base/human-size';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../../../base/timestamp';
import { joinHistory } from '../../../image/history';
import type { ListedImage } from '../../../image/image-list';
import type { PlatformSummary } from '../../../image/image-summary';
import type { ImageConfig } from '../../../oci/image-config';
import { familiarText } from '../../../oci/reference';
import type { Call, Command, CommandContext } from '../../command';
import { engineError } from '../../errors';
import { ellipsis } from '../../shell/char-width';
import {
  goBool,
  goInt,
  goString,
  goStrings,
  goStruct,
  type GoField,
} from '../../template/go-value';
import { FORMAT_HELP, formatRows, type Row, type RowKind } from '../formatter';
import { parsePlatformFlag } from '../platform-flag';
import { allImages, forPlatform, lookUp, readConfig } from '../images/stored-images';

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
  /** Canonical names of the image that the step ends, where that is here. */
  readonly names: readonly string[];
}

const HISTORY_ROW: RowKind = {
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

function templateRow(row: HistoryRow, options: RowOptions): Row {
  const { isHuman, isTruncated, now } = options;
  const cells = new Map<string, () => string>([
    ['ID', () => (isTruncated ? shortId(row.id) : row.id)],
    ['CreatedAt', () => createdAt(row)],
    ['CreatedSince', () => (isHuman ? createdAge(row, now) : createdAt(row))],
    ['CreatedBy', () => createdBy(row, isTruncated)],
    ['Size', () => (isHuman ? dockerSize(row.size) : String(row.size))],
    ['Comment', () => row.comment],
  ]);
  return { type: '*image.historyContext', cells, fields: () => historyFields(row, options) };
}

/** https://github.com/moby/moby/blob/v28.2.2/api/types/image/image_history.go */
function historyFields(
  { id, created, createdBy, size, comment, names }: HistoryRow,
  { isTruncated, isHuman }: RowOptions,
): readonly GoField[] {
  const step = goStruct('image.HistoryResponseItem', [
    ['Comment', goString(comment)],
    ['Created', goInt(created, 'int64')],
    ['CreatedBy', goString(createdBy)],
    ['ID', goString(id)],
    ['Size', goInt(size, 'int64')],
    ['Tags', goStrings(names.map(familiarText))],
  ]);
  return [
    ['trunc', goBool(isTruncated)],
    ['human', goBool(isHuman)],
    ['h', step],
  ];
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
      names: [],
    };
  });
  const ends = lineage(image, images);
  return rows.reverse().map((row, i) => {
    const end = ends[i];
    return end ? { ...row, id: end.imageId, names: end.names } : row;
  });
}

/** An image and those that it was built on, as far as they are stored. */
function lineage(image: ListedImage, images: readonly ListedImage[]): readonly ListedImage[] {
  const ends: ListedImage[] = [];
  let next: ListedImage | undefined = image;
  while (next && !ends.includes(next)) {
    ends.push(next);
    const { parent }: PlatformSummary = next.shown;
    next = images.find((each) => each.imageId === parent);
  }
  return ends;
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
