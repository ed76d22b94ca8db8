import { shortDigest } from '../../oci/digest';
import type { Call, Command, CommandContext } from '../command';
import { formatTable } from '../shell/table';
import { createdSince, imageRows, shownSize, type ImageRow } from './image-row';
import { allImages } from './stored-images';

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
    { name: 'no-trunc', kind: 'bool', help: "Don't truncate output" },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Only show image IDs' },
  ],
  run,
};

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const showDigests = flags.bool('digests');
  const rows = (await allImages(context)).flatMap((image) => imageRows(image, showDigests));
  const id = ({ image }: ImageRow) =>
    flags.bool('no-trunc') ? image.imageId : shortDigest(image.imageId);
  if (flags.bool('quiet')) {
    context.out.write(rows.map((row) => `${id(row)}\n`).join(''));
    return 0;
  }
  const digestCell = (cell: string) => (showDigests ? [cell] : []);
  const cells = rows.map((row) => [
    row.repository,
    row.tag,
    ...digestCell(row.digest),
    id(row),
    createdSince(row.image.created.seconds, context.now()) || 'N/A',
    shownSize(row.image),
  ]);
  context.out.write(
    formatTable(
      ['REPOSITORY', 'TAG', ...digestCell('DIGEST'), 'IMAGE ID', 'CREATED', 'SIZE'],
      cells,
    ),
  );
  return 0;
}
