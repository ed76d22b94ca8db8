import type { ListedImage } from '../../image/image-list';
import type { CommandTree } from '../command-tree';
import { familiar } from '../docker/images/stored-images';
import { HELP_FLAG } from '../shell/flags';
import { lineWords, type LineWord } from '../shell/line-words';
import { quoteShellWord } from '../shell/quote-shell-word';
import { nearestWord } from './edit-distance';
import { placeOf } from './line-place';

/** What was probably meant. */
export interface Suggestion {
  /** What stands in the place of what was wrong. */
  readonly text: string;
  /** The whole line with it. */
  readonly line: string;
}

/** The answer of a command that failed. */
export interface FailedLine {
  readonly line: string;
  readonly stderr: string;
}

/** What was meant by a program, verb, flag or image that there is not; undefined where nothing is near enough. */
export function suggest(
  tree: CommandTree,
  { line, stderr }: FailedLine,
  images: readonly ListedImage[],
): Suggestion | undefined {
  const copied = withoutPrompt(tree, line);
  if (copied !== undefined) return { text: copied, line: copied };
  const words = lineWords(line).filter(({ kind }) => kind === 'word');
  const [program] = words;
  if (!program) return undefined;
  if (stderr.includes(`${program.text}: command not found`))
    return suggestProgram(tree, line, program);
  const verb = /unknown command: (.+)$/m.exec(stderr)?.[1];
  if (verb !== undefined) return suggestVerb(tree, line, words, verb);
  const flag = /^unknown flag: (--\S+)$/m.exec(stderr)?.[1];
  if (flag !== undefined) return suggestFlag(tree, line, words, flag);
  const image = /No such (?:image|object): (\S+)$/im.exec(stderr)?.[1];
  return image === undefined ? undefined : suggestImage(line, words, { image, images });
}

/** What shells write before a line, of few words: `$`, `[root@host ~]#`, `ann@host:~/images$`, `PS C:\\images>`. */
const PROMPT = /^\s*(?:\S+ ){0,3}?\S*[$#%>❯»]\s+/;

/** A line that was copied together with the prompt before it; undefined where there is none, or no program after it. */
export function withoutPrompt(tree: CommandTree, line: string): string | undefined {
  const rest = line.replace(PROMPT, '').trim();
  return !isProgramLine(tree, line.trim()) && isProgramLine(tree, rest) ? rest : undefined;
}

/** Whether a line begins with the name of a program that there is. */
export function isProgramLine(tree: CommandTree, line: string): boolean {
  return tree.programs.some((program) => program.text === line.split(/\s/, 1)[0]);
}

/** A program's name that is not quite right, or a verb without its program: `images`. */
function suggestProgram(tree: CommandTree, line: string, word: LineWord): Suggestion | undefined {
  const paths = tree.paths.map(({ path }) => path);
  const path = paths.find((each) => each.split(' ').slice(1).join(' ') === word.text);
  const programs = tree.programs.map(({ text }) => text);
  const text = path ?? nearestWord(word.text, [...programs, 'help', 'clear']);
  return text === undefined ? undefined : replaced(line, word, text);
}

/** A verb near the one that is not known, or the same verb elsewhere: `docker files` is `drydock files`. */
function suggestVerb(
  tree: CommandTree,
  line: string,
  words: readonly LineWord[],
  unknown: string,
): Suggestion | undefined {
  const verb = unknown.slice(unknown.lastIndexOf(' ') + 1);
  const at = words.findIndex(({ text }, i) => i > 0 && text === verb);
  const [first, last] = [words[0], words[at]];
  if (!first || !last) return undefined;
  const place = placeOf(tree, unknown.split(' ').slice(0, -1));
  const near =
    place.kind === 'verb'
      ? nearestWord(
          verb,
          tree.below(place.group).map(({ text }) => text),
        )
      : undefined;
  if (near !== undefined) return replaced(line, last, near);
  const elsewhere = tree.paths.find(({ path }) => path.endsWith(` ${verb}`));
  return elsewhere && replaced(line, { start: first.start, end: last.end }, elsewhere.path);
}

function suggestFlag(
  tree: CommandTree,
  line: string,
  words: readonly LineWord[],
  flag: string,
): Suggestion | undefined {
  const word = words.find(({ text }) => text === flag || text.startsWith(`${flag}=`));
  const place = placeOf(
    tree,
    words.map(({ text }) => text),
  );
  if (!word || (place.kind !== 'word' && place.kind !== 'verb')) return undefined;
  const near = nearestWord(
    flag,
    [...place.flags, HELP_FLAG].map(({ name }) => `--${name}`),
  );
  if (near === undefined) return undefined;
  return replaced(line, { start: word.start, end: word.start + flag.length }, near);
}

function suggestImage(
  line: string,
  words: readonly LineWord[],
  { image, images }: { readonly image: string; readonly images: readonly ListedImage[] },
): Suggestion | undefined {
  const word = words.find(({ text }) => text === image || `${text}:latest` === image);
  if (!word) return undefined;
  const text = nearestName(
    word.text,
    images.flatMap(({ names }) => familiar(names)),
  );
  return text === undefined ? undefined : replaced(line, word, quoteShellWord(text));
}

/**
 * The stored name that begins like the one asked for, else another tag of its repository, else a repository elsewhere whose last part is
 * the same, else one that is spelt nearly alike. The first of several, which is the newest image's.
 */
function nearestName(asked: string, names: readonly string[]): string | undefined {
  const repository = repositoryOf(asked);
  const isEmpty = asked === '';
  return (
    names.find((name) => !isEmpty && name.startsWith(asked)) ??
    names.find((name) => repositoryOf(name) === repository) ??
    names.find((name) => lastPart(name) === lastPart(asked)) ??
    nearestWord(asked, names) ??
    names.find((name) => nearestWord(lastPart(asked), [lastPart(name)]) !== undefined)
  );
}

function repositoryOf(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

function lastPart(name: string): string {
  const repository = repositoryOf(name);
  return repository.slice(repository.lastIndexOf('/') + 1);
}

function replaced(
  line: string,
  { start, end }: Pick<LineWord, 'start' | 'end'>,
  text: string,
): Suggestion {
  return { text, line: line.slice(0, start) + text + line.slice(end) };
}
