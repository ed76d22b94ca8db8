import { humanSize } from '../../base/human-size';
import type { EntryChange } from '../../layer/stack/entry-change';
import { isSameInode } from '../../layer/stack/same-entry';
import type { Messages, Translation } from '../../i18n/messages';
import { timestamp } from '../format';
import { octalMode, typeName } from './entry-text';

type Texts = Translation<Messages['explorer']>;

/** Around what a sentence tells of an entry (first strong isolate, pop): it is set in the fixed font, and keeps its own direction. */
const VALUE_START = '\u2068';
const VALUE_END = '\u2069';

/** A part of a sentence. */
export interface TextPart {
  readonly text: string;
  readonly isValue: boolean;
}

/** What an entry has in common with that of a lower layer, and what became of the rest. */
export function changeText(change: EntryChange, texts: Texts): readonly TextPart[] {
  const facts = [contentFact(change, texts), ...attributeFacts(change, texts)];
  return partsOf(facts.join(texts.factSeparator));
}

/** What its mark is; undefined for what is stored again as it was. */
export function changeMark(change: EntryChange): 'modified' | 'metadata' | undefined {
  if (!change.isSameContent) return 'modified';
  return isSameEntry(change) ? undefined : 'metadata';
}

function contentFact(change: EntryChange, texts: Texts): string {
  const { layer, before, after, isSameContent } = change;
  if (before.type !== after.type) return texts.typeChanged(layer, typeName(before, texts));
  if (isSameContent) return sameFact(change, texts);
  if (after.type === 'symlink') return texts.targetChanged(layer, value(before.linkname));
  if (before.size === after.size) return texts.sameSizeChanged(layer, humanSize(after.size));
  return texts.contentChanged(layer, humanSize(before.size), humanSize(after.size));
}

function sameFact(change: EntryChange, texts: Texts): string {
  const { layer, after } = change;
  if (isSameEntry(change)) return texts.storedAgain(layer);
  if (after.type === 'file') return texts.sameContent(layer);
  return after.type === 'dir' ? texts.sameDirectory(layer) : texts.sameEntry(layer);
}

/** A time is told where nothing else differs: what is written again mostly has another one. */
function attributeFacts(change: EntryChange, texts: Texts): readonly string[] {
  const { before, after, isSameContent, isSameAttributes } = change;
  const facts: string[] = [];
  if (before.mode !== after.mode) {
    facts.push(texts.modeBecame(value(octalMode(before.mode)), value(octalMode(after.mode))));
  }
  if (before.uid !== after.uid || before.gid !== after.gid) {
    facts.push(texts.ownerBecame(value(ownerText(before)), value(ownerText(after))));
  }
  if (!isSameAttributes) facts.push(texts.attributesBecame);
  if (facts.length > 0 || !isSameContent || before.mtime === after.mtime) return facts;
  return [
    texts.timeBecame(value(timestamp(before.mtime * 1000)), value(timestamp(after.mtime * 1000))),
  ];
}

function isSameEntry({ before, after, isSameContent, isSameAttributes }: EntryChange): boolean {
  return isSameContent && isSameAttributes && isSameInode(before, after);
}

function ownerText({ uid, gid }: EntryChange['before']): string {
  return `${uid}:${gid}`;
}

function value(text: string): string {
  return `${VALUE_START}${text}${VALUE_END}`;
}

function partsOf(sentence: string): readonly TextPart[] {
  return sentence
    .split(VALUE_START)
    .flatMap((part, i) => {
      const end = i === 0 ? 0 : part.indexOf(VALUE_END);
      return [
        { text: part.slice(0, end), isValue: true },
        { text: part.slice(i === 0 ? 0 : end + 1), isValue: false },
      ];
    })
    .filter(({ text }) => text !== '');
}
