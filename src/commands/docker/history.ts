import { humanDuration } from '../../base/human-duration';
import { dockerSize } from '../../base/human-size';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../../base/timestamp';
import { joinHistory } from '../../image/history';
import type { ListedImage } from '../../image/image-list';
import type { ImageConfig } from '../../oci/image-config';
import type { Call, Command, CommandContext } from '../command';
import { engineError } from '../errors';
import { ellipsis } from '../shell/char-width';
import { formatTable } from '../shell/table';
import { allImages, lookUp, readConfig } from './stored-images';

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
    {
      name: 'human',
      shorthand: 'H',
      kind: 'bool',
      help: 'Print sizes and dates in human readable format',
      default: true,
    },
    { name: 'no-trunc', kind: 'bool', help: "Don't truncate output" },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Only show image IDs' },
  ],
  run,
};

/** One step as the engine answers it. */
export interface HistoryRow {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly createdBy: string;
  /** Bytes. */
  readonly size: number;
  readonly comment: string;
}

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const image = lookUp(await allImages(context), operands[0] ?? '');
  const rows = historyRows(image, await readConfig(context, image));
  const isTruncated = !flags.bool('no-trunc');
  const isHuman = flags.bool('human');
  const id = (row: HistoryRow) => (isTruncated ? shortId(row.id) : row.id);
  if (flags.bool('quiet')) {
    context.out.write(rows.map((row) => `${id(row)}\n`).join(''));
    return 0;
  }
  const cells = rows.map((row) => [
    id(row),
    isHuman ? createdAge(row, context.now()) : createdAt(row),
    createdBy(row, isTruncated),
    isHuman ? dockerSize(row.size) : String(row.size),
    row.comment,
  ]);
  const created = isHuman ? 'CREATED' : 'CREATED AT';
  context.out.write(formatTable(['IMAGE', created, 'CREATED BY', 'SIZE', 'COMMENT'], cells));
  return 0;
}

/** Newest first; all but the newest are `<missing>`, as only the classic builder keeps intermediate images. */
function historyRows({ imageId, shown }: ListedImage, config: ImageConfig): readonly HistoryRow[] {
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
  return rows.reverse().map((row, i) => (i === 0 ? { ...row, id: imageId } : row));
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
