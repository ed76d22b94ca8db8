import { dockerSize } from '../../../base/human-size';
import { absentOf, platformsOf, type ListedImage } from '../../../image/image-list';
import { shortDigest, type Digest } from '../../../oci/digest';
import { formatPlatform } from '../../../oci/platform';
import { familiar } from './stored-images';

/** Columns of an output that is no terminal. */
const SCREEN_WIDTH = 80;
const SPACING = '   ';
const WIDTHS = { id: 12, diskUsage: 10, contentSize: 12, extra: 5 } as const;
/** What is left for names. */
const NAME_WIDTH = Object.values(WIDTHS).reduce(
  (left, width) => left - width - SPACING.length,
  SCREEN_WIDTH,
);

const WARNING =
  "WARNING: This is an experimental feature. The output may change and shouldn't be depended on.";
/** Right-aligned, as wide as the screen. */
const LEGEND = 'Info ->  U In Use '.padStart(SCREEN_WIDTH);
const UNTAGGED = '<untagged>';

interface Line {
  readonly name: string;
  readonly id: Digest;
  /** Bytes of file content, as `docker images` counts them. */
  readonly diskUsage: number;
  /** Bytes of blobs, as stored. */
  readonly contentSize: number;
}

/**
 * Images with the platforms that they are here for, and those that are not here. Headings are in bold, whether or not there is a screen.
 * https://github.com/docker/cli/blob/v28.2.2/cli/command/image/tree.go
 */
export function imageTree(images: readonly ListedImage[], showsUntagged: boolean): string {
  const shown = images.filter(({ names }) => showsUntagged || names.length > 0);
  const trees = shown.map((image) => {
    const names = namesOf(image);
    return { names, ...linesOf(image, names.at(-1) ?? UNTAGGED) };
  });
  const widest = Math.max(
    'Image'.length,
    ...trees.flatMap(({ names, children }) => [
      ...names.map(byteLength),
      ...children.map(({ name }) => byteLength(name)),
    ]),
  );
  const width = Math.min(NAME_WIDTH, widest);
  const blocks = trees.map(({ names, top, children }) => {
    const lines = [top, ...children].map((line) => row(line, width));
    return [...names.slice(0, -1), ...lines, ''].map((line) => `${line}\n`).join('');
  });
  return `${WARNING}\n${LEGEND}\n\n${heading(width)}\n${blocks.join('')}`;
}

/** The longest first, which have lines of their own; the last stands beside the numbers. */
function namesOf({ names }: ListedImage): readonly string[] {
  if (names.length === 0) return [UNTAGGED];
  return familiar(names).toSorted((a, b) => byteLength(b) - byteLength(a));
}

function linesOf(
  image: ListedImage,
  name: string,
): { readonly top: Line; readonly children: readonly Line[] } {
  const here = platformsOf(image).map(({ manifest, platform, unpackedSize, storedSize }) => ({
    name: formatPlatform(platform),
    id: manifest,
    diskUsage: unpackedSize,
    contentSize: storedSize,
  }));
  const absent = absentOf(image).map(({ manifest, platform }) => ({
    name: formatPlatform(platform),
    id: manifest,
    diskUsage: 0,
    contentSize: 0,
  }));
  const children = [...here, ...absent];
  const total = (of: (line: Line) => number) => children.reduce((sum, line) => sum + of(line), 0);
  const top = {
    name,
    id: image.imageId,
    diskUsage: total((line) => line.diskUsage),
    contentSize: total((line) => line.contentSize),
  };
  const last = children.length - 1;
  const branched = children.map((line, i) => ({
    ...line,
    name: `${i === last ? '└─' : '├─'} ${line.name}`,
  }));
  return { top, children: branched };
}

function row({ name, id, diskUsage, contentSize }: Line, width: number): string {
  return [
    cell(name, width),
    shortDigest(id).padEnd(WIDTHS.id),
    dockerSize(diskUsage).padStart(WIDTHS.diskUsage),
    dockerSize(contentSize).padStart(WIDTHS.contentSize),
    // Nothing is in use: there are no containers.
    ' '.repeat(WIDTHS.extra),
  ].join(SPACING);
}

function heading(width: number): string {
  const bold = (text: string) => `\u001b[39m\u001b[1m${text}\u001b[0m`;
  const titles: readonly (readonly [string, number])[] = [
    ['IMAGE', width],
    ['ID', WIDTHS.id],
    ['DISK USAGE', WIDTHS.diskUsage],
    ['CONTENT SIZE', WIDTHS.contentSize],
    ['EXTRA', WIDTHS.extra],
  ];
  return titles
    .map(([title, columns]) => bold(title) + ' '.repeat(Math.max(0, columns - title.length)))
    .join(SPACING);
}

function cell(text: string, width: number): string {
  const characters = Array.from(text);
  const isCut = characters.length > width;
  const shown = isCut ? [...characters.slice(0, width - 1), '…'] : characters;
  return shown.join('') + ' '.repeat(width - shown.length);
}

const ENCODER = new TextEncoder();

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** The client takes bytes for columns here. */
function byteLength(text: string): number {
  return isAscii(text) ? text.length : ENCODER.encode(text).length;
}
