/** A stretch of output that stands for an image: its name, or a part of it, as in a column. */
export interface NamePlace {
  readonly start: number;
  readonly end: number;
  /** The name in full. */
  readonly name: string;
}

/** What the first columns of a table's lines are. */
export type OutputTable = 'images' | 'repositories';

/** The table that an answer is, by its heading: rows of `docker images`, or of `docker search`. */
export function tableOf(output: string): OutputTable | undefined {
  if (/^REPOSITORY {3,}TAG {3,}/m.test(output)) return 'images';
  return /^NAME {3,}DESCRIPTION {3,}STARS/.test(output) ? 'repositories' : undefined;
}

/** A repository and its tag or, where it has none, the digest behind it. */
const IMAGE_ROW =
  /^([a-z0-9]\S*)( {3,})(?:(\w\S*)(?= {3,})|(<none> {3,})(sha256:[0-9a-f]{64})(?= ))/gm;
const REPOSITORY_ROW = /^([a-z0-9]\S*)(?= {3,})/gm;
/** Sentences that end with a name: of images that came, went, or are not here. */
const NAMED =
  /^(?:[Uu]ntagged: |Loaded image: |Status: .* for |Error: No such (?:image|object): |Error response from daemon: No such image: |The push refers to repository \[)([a-z0-9][^\s\]]*)/gm;
/** `1.27: Pulling from library/nginx` */
const PULLED = /^(\w[\w.-]*)(: Pulling from )([a-z0-9]\S*)$/gm;

/** Where names stand that only their place tells to be some. They are in order, and none is twice there. */
export function namePlaces(text: string, table: OutputTable | undefined): readonly NamePlace[] {
  if (table === 'images') return [...text.matchAll(IMAGE_ROW)].flatMap(imageColumns);
  if (table === 'repositories') {
    return [...text.matchAll(REPOSITORY_ROW)].map(({ 0: name, index }) => placeAt(index, name));
  }
  const named = [...text.matchAll(NAMED)].map(({ 0: line, 1: name = '', index }) =>
    placeAt(index + line.length - name.length, name),
  );
  const pulled = [...text.matchAll(PULLED)].map(
    ({ 0: line, 1: tag = '', 3: repository = '', index }) =>
      placeAt(index + line.length - repository.length, repository, `${repository}:${tag}`),
  );
  return [...named, ...pulled].sort((a, b) => a.start - b.start);
}

function imageColumns(row: RegExpExecArray): readonly NamePlace[] {
  const [, repository = '', gap = '', tag, none = '', digest = ''] = row;
  const name = tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
  const second = row.index + repository.length + gap.length + none.length;
  return [placeAt(row.index, repository, name), placeAt(second, tag ?? digest, name)];
}

function placeAt(start: number, text: string, name = text): NamePlace {
  return { start, end: start + text.length, name };
}
