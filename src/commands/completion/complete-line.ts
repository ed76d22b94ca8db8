import { isCoded } from '../../base/errors';
import { findImage } from '../../image/find-image';
import type { ListedImage } from '../../image/image-list';
import { BUILT_INS, helpSummary, type CommandTree } from '../command-tree';
import type { FlagSpec } from '../shell/flags';
import {
  MOST_CANDIDATES,
  type Candidate,
  type Completion,
  type CompletionSource,
} from './completion';
import { imageCandidates } from './image-candidates';
import { placeOf, typedWords, type LinePlace } from './line-place';
import { operandKind } from './operand-kind';
import { pathCandidates } from './path-candidates';
import { valueCandidates } from './value-candidates';

type WordPlace = Extract<LinePlace, { kind: 'word' }>;

/**
 * What the word at the caret may become: programs, verbs, flags and their values, images, paths. All of it comes from the commands
 * themselves, so that a new one completes as soon as the tree has it.
 */
export async function completeLine(
  tree: CommandTree,
  { line, caret }: { readonly line: string; readonly caret: number },
  source: CompletionSource,
): Promise<Completion> {
  const { before, typed, start, isFileName } = typedWords(line, caret);
  const place: LinePlace = isFileName ? { kind: 'nowhere' } : placeOf(tree, before);
  const candidates = await candidatesAt(tree, place, typed, source);
  return {
    ...headingOf(place),
    start,
    end: caret,
    typed,
    candidates: candidates.slice(0, MOST_CANDIDATES),
  };
}

function headingOf(place: LinePlace): Pick<Completion, 'path' | 'summary'> {
  switch (place.kind) {
    case 'verb':
      return { path: place.group.path, summary: helpSummary(place.group.help) };
    case 'word':
      return { path: place.usage.path, summary: place.usage.summary };
    case 'program':
    case 'nowhere':
      return { path: '', summary: '' };
  }
}

async function candidatesAt(
  tree: CommandTree,
  place: LinePlace,
  typed: string,
  source: CompletionSource,
): Promise<readonly Candidate[]> {
  const begins = ({ text }: Candidate): boolean => text.startsWith(typed);
  switch (place.kind) {
    case 'program':
      return [
        ...tree.programs,
        ...BUILT_INS.map(({ path, summary }) => ({ text: path, summary })),
      ].filter(begins);
    case 'verb':
      return typed.startsWith('-')
        ? flagCandidates(place.flags, typed)
        : tree.below(place.group).filter(begins);
    case 'word':
      return wordCandidates(place, typed, source);
    case 'nowhere':
      return [];
  }
}

async function wordCandidates(
  place: WordPlace,
  typed: string,
  source: CompletionSource,
): Promise<readonly Candidate[]> {
  if (place.openFlag) return flagValues(place, { spec: place.openFlag, before: '' }, typed, source);
  if (typed.startsWith('-') && !place.endsFlags) {
    const equals = typed.indexOf('=');
    if (!typed.startsWith('--') || equals < 0) {
      const left = place.flags.filter(
        ({ name, kind }) => !place.given.has(name) || kind === 'filter' || kind === 'list',
      );
      return flagCandidates(left, typed);
    }
    const spec = place.flags.find(({ name }) => `--${name}` === typed.slice(0, equals));
    return spec ? flagValues(place, { spec, before: `--${spec.name}=` }, typed, source) : [];
  }
  return operandCandidates(place, typed, source);
}

/** Values of a flag; `before` is what stands in the same word: `--format=`, and of a list all up to its last comma. */
async function flagValues(
  { operands }: WordPlace,
  { spec, before }: { readonly spec: FlagSpec; readonly before: string },
  typed: string,
  source: CompletionSource,
): Promise<readonly Candidate[]> {
  const listed = spec.kind === 'csv' ? typed.lastIndexOf(',') + 1 : 0;
  const head = typed.slice(0, Math.max(before.length, listed));
  const value = typed.slice(head.length);
  const images = await source.images();
  const named = operands.flatMap((name) => tryFind(images, name) ?? []);
  return valueCandidates(spec, value, named.length > 0 ? named : images)
    .filter(({ text }) => text.startsWith(value) || text.includes(`/${value}`))
    .map((candidate) => ({ ...candidate, text: head + candidate.text }));
}

async function operandCandidates(
  { usage, operands }: WordPlace,
  typed: string,
  source: CompletionSource,
): Promise<readonly Candidate[]> {
  const kind = operandKind(usage, operands.length);
  if (kind === 'image') {
    const candidates = imageCandidates(await source.images(), typed);
    return candidates.filter(({ text }) => !operands.includes(text));
  }
  const image = kind === 'path' ? tryFind(await source.images(), operands[0] ?? '') : undefined;
  return image ? pathCandidates(await source.files(image), typed) : [];
}

/** By name; one letter after one dash also finds the flag that has it as its shorthand. */
function flagCandidates(flags: readonly FlagSpec[], typed: string): readonly Candidate[] {
  return flags
    .filter(
      ({ name, shorthand }) =>
        typed === '-' || `--${name}`.startsWith(typed) || `-${shorthand ?? ''}` === typed,
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, shorthand, help }) => ({
      text: `--${name}`,
      summary: (help.split('\n', 1)[0] ?? '').replace(/:$/, ''),
      // The short form of help still works, and docker asks not to use it.
      ...(shorthand === undefined || name === 'help' ? {} : { shorthand: `-${shorthand}` }),
    }));
}

function tryFind(images: readonly ListedImage[], name: string): ListedImage | undefined {
  try {
    return findImage(images, name);
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}
