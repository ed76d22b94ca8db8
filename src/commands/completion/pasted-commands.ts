import type { CommandTree } from '../command-tree';
import { isProgramLine, withoutPrompt } from './suggestion';

/**
 * The commands of a text that was copied from a terminal or a document. Where lines have prompts, what has none is output or a comment;
 * where none has, every line is a command that is neither empty nor a comment. `# docker images` alone was root's, among commands a comment.
 */
export function pastedCommands(tree: CommandTree, text: string): readonly string[] {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/\\\n/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isComment = (line: string): boolean => line.startsWith('#');
  const commands = lines.filter((line) => !isComment(line));
  const prompted = copied(tree, commands);
  if (prompted.length > 0) return prompted;
  if (commands.some((line) => isProgramLine(tree, line))) return commands;
  const ofRoot = copied(tree, lines);
  return ofRoot.length > 0 ? ofRoot : commands;
}

function copied(tree: CommandTree, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => withoutPrompt(tree, line) ?? []);
}
