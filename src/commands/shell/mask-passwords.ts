import { lineWords, type LineWord } from './line-words';

/** What stands in the place of a password, whatever its length. */
const MASK = '••••••••';

/** A password in a line. */
interface PasswordRange {
  /** Where its flag begins. */
  readonly flagStart: number;
  readonly start: number;
  readonly end: number;
  /** What the shell hands on. */
  readonly password: string;
}

/** The line with the values of `-p` and `--password` masked, for whatever keeps or shows it. Harmless twice. */
export function maskPasswords(line: string): string {
  return rangesOf(line).reduceRight(
    (masked, { start, end }) => masked.slice(0, start) + MASK + masked.slice(end),
    line,
  );
}

/** The passwords that a line has, so that an answer that repeats them can be masked, too. */
export function passwordsIn(line: string): readonly string[] {
  return rangesOf(line).map(({ password }) => password);
}

/** A line from the history, without the flags whose password was masked: the command then asks for it. */
export function withoutMasked(line: string): string {
  return rangesOf(line)
    .filter(({ password }) => password === MASK)
    .reduceRight(
      (rest, { flagStart, end }) => rest.slice(0, flagStart).trimEnd() + rest.slice(end),
      line,
    );
}

/** A text in which every password is masked. Those of one or two characters would mask half of it. */
export function maskIn(text: string, passwords: readonly string[]): string {
  return passwords
    .filter((password) => password.length > 2)
    .reduce((masked, password) => masked.replaceAll(password, MASK), text);
}

function rangesOf(line: string): readonly PasswordRange[] {
  const words = lineWords(line).filter(({ kind }) => kind === 'word');
  return words.flatMap((word, i) => {
    const found = passwordOf(word, words[i + 1]);
    return found && found.password !== '' ? [found] : [];
  });
}

function passwordOf(flag: LineWord, next: LineWord | undefined): PasswordRange | undefined {
  const { text, start: flagStart, end } = flag;
  if (text === '-p' || text === '--password') {
    return next && { flagStart, start: next.start, end: next.end, password: next.text };
  }
  const prefix = text.startsWith('--password=') ? '--password=' : /^-p=?/.exec(text)?.[0];
  if (prefix === undefined) return undefined;
  // With quotes within the flag itself its end is further on than it looks: then more is masked, never less.
  const start = Math.min(flagStart + prefix.length, end);
  return { flagStart, start, end, password: text.slice(prefix.length) };
}
