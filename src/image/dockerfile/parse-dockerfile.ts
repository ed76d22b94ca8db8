import { badInstruction } from './errors';
import { parseInstruction, type Instruction } from './instruction';

export interface Dockerfile {
  readonly instructions: readonly Instruction[];
  /** What escapes in words: a backslash, or the backquote of an `escape` directive. */
  readonly escape: string;
}

/**
 * Reads the lines of a Dockerfile, as the parser of engine 20.10 does: directives, comments, continued lines. Throws `bad-instruction`.
 * https://github.com/moby/buildkit/blob/v0.8.3/frontend/dockerfile/parser/parser.go
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text.split(/\r?\n/);
  const escape = readDirectives(lines);
  const instructions = joinLines(lines, escape).map((line) => parseInstruction(line, escape));
  if (instructions.length === 0) throw badInstruction('file with no instructions');
  return { instructions, escape };
}

/** The escape character that the directives choose, which are the comments that the text begins with. */
function readDirectives(lines: readonly string[]): string {
  let escape = '\\';
  const seen = new Set<string>();
  for (const line of lines) {
    const directive = /^#\s*(escape|syntax)\s*=\s*(.+?)\s*$/iu.exec(line.trimStart());
    if (!directive) break;
    const [, name = '', value = ''] = directive;
    const key = name.toLowerCase();
    if (seen.has(key)) throw badInstruction(`only one ${key} parser directive can be used`);
    seen.add(key);
    if (key !== 'escape') continue;
    if (value !== '`' && value !== '\\') {
      throw badInstruction(`invalid escape token '${value}' does not match \` or \\`);
    }
    escape = value;
  }
  return escape;
}

/** Every instruction as one line. */
function joinLines(lines: readonly string[], escape: string): readonly string[] {
  const joined: string[] = [];
  let open: string | undefined;
  for (const line of lines) {
    if (/^\s*(?:#|$)/u.test(line)) continue;
    const text: string = open === undefined ? line.trimStart() : line;
    const continued = withoutContinuation(text, escape);
    open = (open ?? '') + (continued ?? text);
    if (continued !== undefined) continue;
    joined.push(open);
    open = undefined;
  }
  return open === undefined || open.trim() === '' ? joined : [...joined, open];
}

/** The line without the escape character at its end; undefined where it goes on in no other line. */
function withoutContinuation(line: string, escape: string): string | undefined {
  const match = /^([^]*?)(.?)[ \t]*$/su.exec(line);
  const [, before = '', last = ''] = match ?? [];
  return last === escape && !before.endsWith(escape) ? before : undefined;
}
