import { splitWords } from './shell-words';

/** How a part of a Dockerfile is coloured. */
export type TokenKind = 'plain' | 'keyword' | 'name' | 'string' | 'number' | 'comment';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Past this many characters a line is not coloured: it is data, not a command. */
const MAX_COLOURED = 4000;

/**
 * The parts of one line of an instruction, as `instructionLines` gives it; joined they are the line.
 * @param keyword of the instruction that the line belongs to, undefined for a comment
 */
export function tokenizeLine(line: string, keyword: string | undefined): readonly Token[] {
  if (keyword === undefined) return [{ kind: 'comment', text: line }];
  if (line.length > MAX_COLOURED) return [{ kind: 'plain', text: line }];
  const tokens: Token[] = [];
  let at = 0;
  for (const { text } of splitWords(line)) {
    const start = line.indexOf(text, at);
    if (start > at) tokens.push({ kind: 'plain', text: line.slice(at, start) });
    if (start === 0 && text === keyword) tokens.push({ kind: 'keyword', text });
    else tokens.push(...tokenizeWord(text, keyword));
    at = start + text.length;
  }
  if (at < line.length) tokens.push({ kind: 'plain', text: line.slice(at) });
  return tokens;
}

function tokenizeWord(word: string, keyword: string): readonly Token[] {
  if (/^(?:&&|\|\|?|;|&)$/.test(word)) return [{ kind: 'keyword', text: word }];
  if (/^--?[A-Za-z]/.test(word)) return [{ kind: 'name', text: word }];
  if (keyword === 'EXPOSE' && /^\d/.test(word)) return [{ kind: 'number', text: word }];
  if (keyword === 'ENV' || keyword === 'ARG' || keyword === 'LABEL') return tokenizePair(word);
  if (keyword === 'FROM') return [{ kind: 'name', text: word }];
  return tokenizeQuotes(word);
}

/** `NAME=value` */
function tokenizePair(word: string): readonly Token[] {
  const [, name, value] = /^([\w.\-/]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
  if (name === undefined) return [{ kind: 'string', text: word }];
  if (value === undefined) return [{ kind: 'name', text: name }];
  return [
    { kind: 'name', text: name },
    { kind: 'plain', text: '=' },
    ...(value === '' ? [] : [{ kind: 'string', text: value } as const]),
  ];
}

function tokenizeQuotes(word: string): readonly Token[] {
  return word
    .split(/("(?:[^"\\]|\\.)*"|'[^']*'|;$)/)
    .filter((text) => text !== '')
    .map((text) => ({
      kind: /^["']/.test(text) && text.length > 1 ? 'string' : text === ';' ? 'keyword' : 'plain',
      text,
    }));
}
