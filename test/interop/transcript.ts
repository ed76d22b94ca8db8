import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shell answered to one line. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One command line, and what docker answered to it. */
export interface Exchange {
  readonly line: string;
  /** `$~`: docker's client leaves the order of the rows to chance. */
  readonly isUnordered: boolean;
  /** `$#`: digests and IDs in the answer depend on when it was given. */
  readonly hasNewDigests: boolean;
  readonly answer: Answer;
}

/** Lines that a shell runs one after the other, from stated images on. transcripts/README.md has the format. */
export interface Transcript {
  readonly name: string;
  /** Archives that are loaded first. */
  readonly images: readonly string[];
  /** When it was recorded. */
  readonly now: Date;
  readonly exchanges: readonly Exchange[];
}

/** What was recorded from docker's client 28.2.2 and engine 20.10. */
export const TRANSCRIPTS = join(import.meta.dirname, 'transcripts');

const COMMAND = /^\$([~#]*) (.*)$/;

/** Names of the transcripts in a folder. */
export function transcriptNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.transcript'))
    .sort();
}

/** Throws where an answer was not recorded yet. */
export function readTranscript(folder: string, name: string): Transcript {
  const text = readFileSync(join(folder, name), 'utf8');
  const exchanges: Exchange[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, marks = '', command] = COMMAND.exec(line) ?? [];
    if (command === undefined) continue;
    exchanges.push({
      line: command,
      isUnordered: marks.includes('~'),
      hasNewDigests: marks.includes('#'),
      answer: readAnswer(lines.slice(index + 1)),
    });
  }
  const now = new Date(header(lines, 'now') ?? 0);
  return { name, images: startingImages(text), now, exchanges };
}

/** The archives that are loaded before the first line. */
export function startingImages(text: string): readonly string[] {
  const images = header(text.split('\n'), 'images');
  if (images === undefined) throw new Error('a transcript says which "# images: …" it starts from');
  return images === 'none' ? [] : images.split(' ');
}

/** The transcript's text with answers that `ask` gives anew; all else stays as it is. */
export async function recordTranscript(
  text: string,
  ask: (line: string) => Promise<Answer>,
): Promise<string> {
  const output: string[] = [];
  for (const line of text.split('\n')) {
    if (/^[>!=]/.test(line)) continue;
    if (line.startsWith('# now: ')) output.push(`# now: ${new Date().toISOString()}\n`);
    else output.push(`${line}\n`);
    const command = COMMAND.exec(line)?.[2];
    if (command !== undefined) output.push(writeAnswer(await ask(command)));
  }
  return output.join('').replace(/\n+$/, '\n');
}

function header(lines: readonly string[], name: string): string | undefined {
  const start = `# ${name}: `;
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}

/** The answer that begins these lines. */
function readAnswer(lines: readonly string[]): Answer {
  let stdout = '';
  let stderr = '';
  for (const line of lines) {
    const text = line.slice(2) + (line[1] === '~' ? '' : '\n');
    if (line.startsWith('>')) stdout += text;
    else if (line.startsWith('!')) stderr += text;
    else if (line.startsWith('= ')) return { stdout, stderr, exitCode: Number(line.slice(2)) };
    else break;
  }
  throw new Error(
    `not recorded yet: an answer that ends with an exit code, before "${lines[0] ?? ''}"`,
  );
}

function writeAnswer({ stdout, stderr, exitCode }: Answer): string {
  return `${prefixed(stdout, '>')}${prefixed(stderr, '!')}= ${exitCode}\n`;
}

function prefixed(text: string, mark: string): string {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return [
    ...lines.map((line) => `${mark} ${line}\n`),
    ...(last === '' ? [] : [`${mark}~${last}\n`]),
  ].join('');
}
