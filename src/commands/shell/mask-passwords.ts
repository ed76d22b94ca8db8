import { passwordRanges } from './password-ranges';

/** What stands in the place of a password, whatever its length. */
const MASK = '••••••••';

/** The line with what may be a password masked, for whatever keeps or shows it. Harmless twice. */
export function maskPasswords(line: string): string {
  return passwordRanges(line).reduceRight(
    (masked, { start, end }) => masked.slice(0, start) + MASK + masked.slice(end),
    line,
  );
}

/** The passwords that a line has, so that an answer that repeats them can be masked, too. */
export function passwordsIn(line: string): readonly string[] {
  return passwordRanges(line).map(({ password }) => password);
}

/** A line from the history, without the flags whose password was masked: the command then asks for it. */
export function withoutMasked(line: string): string {
  return passwordRanges(line)
    .filter(({ password, flagStart, start }) => password === MASK && flagStart < start)
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
