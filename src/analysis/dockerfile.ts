import type { HistoryEntry } from '../oci/image-config';
import { readCreatedBy, type Instruction } from './created-by';
import { splitWords } from './shell-words';

/** Columns after which a RUN step is broken into lines. */
const WIDTH = 80;
const INDENT = '    ';

/**
 * An instruction as lines of a Dockerfile. A shell command is broken where its author had broken it (runs of blanks tell) and where it
 * is long, never inside quotes, so that the lines mean the same.
 */
export function instructionLines({ keyword, argument }: Instruction): readonly string[] {
  if (keyword === undefined) return argument.split('\n').map((line) => `# ${line}`.trimEnd());
  if (argument.includes('\n')) return `${keyword} ${argument}`.split('\n');
  if (keyword === 'RUN') return wrapCommand(`RUN ${argument}`);
  return [`${keyword} ${argument}`.trimEnd()];
}

/** A whole Dockerfile, which says of itself that it was read from a history. Ends with a newline. */
export function renderDockerfile(history: readonly HistoryEntry[]): string {
  const steps = history.flatMap((step) => instructionLines(readCreatedBy(step.createdBy)));
  const noun = history.length === 1 ? 'entry' : 'entries';
  return [
    `# Reconstructed from ${history.length} history ${noun}`,
    'FROM scratch',
    ...steps,
    '',
  ].join('\n');
}

function wrapCommand(text: string): readonly string[] {
  const words = splitWords(text);
  const lines: string[] = [];
  let line = '';
  words.forEach(({ text: word, gap }, i) => {
    const authorsBreak = gap > 1 && i > 1;
    const joins = word === '&&' || word === '||' || word === '|';
    if (line !== '' && (authorsBreak || (joins && nextPart(words, i) + line.length > WIDTH))) {
      lines.push(line);
      line = INDENT + word;
    } else {
      line += line === '' ? word : ` ${word}`;
    }
  });
  lines.push(line);
  return lines.map((part, i) => (i < lines.length - 1 ? `${part} \\` : part));
}

/** Columns from word `from` to the end of its part of the command. */
function nextPart(words: ReturnType<typeof splitWords>, from: number): number {
  let columns = 0;
  for (let i = from; i < words.length; i++) {
    const word = words[i];
    if (!word || (i > from && (word.text === '&&' || word.text === '||' || word.gap > 1))) break;
    columns += word.text.length + 1;
  }
  return columns;
}
