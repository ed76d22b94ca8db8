import { compareText } from '../base/compare-text';
import type { CommandContext } from './command';
import { BUILT_INS, helpOf, type CommandGroup, type CommandTree, type Found } from './command-tree';
import { checkEngineChoice } from './docker/engine-choice';
import { checkGlobalFlags, GLOBAL_FLAGS } from './docker/global-flags';
import { DOCKER_COMMIT, DOCKER_VERSION } from './docker/system/client-version';
import { CommandError } from './errors';
import { parseFlags, type FlagSpec, type FlagValues, type ParsedWords } from './shell/flags';
import { alignTabs } from './shell/table';
import { checkOperands, flagUsageError } from './shell/usage';

const NOT_FOUND_EXIT_CODE = 127;
const SHORT_HELP_NOTE = 'Flag shorthand -h has been deprecated, use --help\n';
const DOCKER_VERSION_LINE = `Docker version ${DOCKER_VERSION}, build ${DOCKER_COMMIT}\n`;

const HELP_COMMAND = { path: 'docker help', operands: '[command]' };
const HELP_OF_HELP = 'Usage:  docker help [command]\n\nHelp about the command\n';

/** Runs a line's words as docker's client runs its own: program, global flags, command, flags, operands. Resolves to the exit code. */
export async function runWords(
  tree: CommandTree,
  [program = '', ...words]: readonly string[],
  context: CommandContext,
): Promise<number> {
  if (program === 'clear') {
    context.clear();
    return 0;
  }
  if (program === 'help' || program === '--help') {
    context.out.write(overview(tree));
    return 0;
  }
  const group = tree.program(program);
  if (!group) {
    throw new CommandError('unknown-command', `${program}: command not found`, {
      exitCode: NOT_FOUND_EXIT_CODE,
    });
  }
  const global = parse(words, program === 'docker' ? GLOBAL_FLAGS : [], group, false);
  const { flags, operands } = global;
  checkGlobalFlags(flags);
  if (flags.bool('version') && !flags.bool('help')) {
    context.out.write(DOCKER_VERSION_LINE);
    return 0;
  }
  if (global.usedShortHelp) context.err.write(SHORT_HELP_NOTE);
  if (operands[0] === 'help') return runHelp(tree, group, operands.slice(1), context);
  const found = tree.find(group, operands);
  if (flags.bool('help')) {
    context.out.write(helpOf(found));
    return 0;
  }
  return found.kind === 'group'
    ? runGroup(found, context)
    : runCommand(found, global.flags, context);
}

async function runCommand(
  { command, usage, words }: Extract<Found, { kind: 'command' }>,
  global: FlagValues,
  context: CommandContext,
): Promise<number> {
  const { flags, operands, usedShortHelp } = parse(
    words,
    command.flags,
    usage,
    !command.flagsFirst,
  );
  if (usedShortHelp) context.out.write(SHORT_HELP_NOTE);
  if (flags.bool('help')) {
    context.out.write(helpOf({ kind: 'command', command, usage, words }));
    return 0;
  }
  checkOperands(usage, operands);
  await checkEngineChoice(usage.path, global, context);
  return command.run({ flags, operands }, context);
}

/** A group without a verb prints its help as an error would be; with a verb it has not got, it says so. */
function runGroup(
  { group, words }: Extract<Found, { kind: 'group' }>,
  context: CommandContext,
): number {
  const isProgram = !group.path.includes(' ');
  const [verb = ''] = words.filter((word) => !word.startsWith('-'));
  if (group.engineVerbs.includes(verb)) throw needsEngine(`${group.path} ${verb}`);
  const { flags, operands, usedShortHelp } = parse(words, [], group, true);
  if (usedShortHelp) context.out.write(SHORT_HELP_NOTE);
  if (flags.bool('help')) {
    context.out.write(group.help);
    return 0;
  }
  const unknown = operands[0];
  if (unknown !== undefined) throw unknownVerb(group, unknown, isProgram);
  context.err.write(group.bare ?? group.help);
  return 0;
}

function runHelp(
  tree: CommandTree,
  group: CommandGroup,
  topic: readonly string[],
  context: CommandContext,
): number {
  const { flags, usedShortHelp } = parse(topic, [], HELP_COMMAND, true);
  if (usedShortHelp) context.out.write(SHORT_HELP_NOTE);
  if (flags.bool('help') || topic[0] === 'help') {
    context.out.write(HELP_OF_HELP);
    return 0;
  }
  const found = tree.find(group, topic);
  if (found.words.length > 0) {
    throw new CommandError('usage', `unknown help topic: ${found.words.join(' ')}`);
  }
  context.out.write(helpOf(found));
  return 0;
}

function parse(
  words: readonly string[],
  specs: readonly FlagSpec[],
  usage: { readonly path: string; readonly operands: string },
  interspersed: boolean,
): ParsedWords {
  try {
    return parseFlags(words, specs, { interspersed });
  } catch (error) {
    throw error instanceof CommandError ? flagUsageError(error, usage) : error;
  }
}

function unknownVerb(
  { path, operands }: CommandGroup,
  verb: string,
  isProgram: boolean,
): CommandError {
  const program = path.split(' ', 1)[0] ?? '';
  const usage = isProgram ? '' : `Usage:  ${`${path} ${operands}`.trimEnd()}\n\n`;
  return new CommandError(
    'unknown-command',
    `${program}: unknown command: ${path} ${verb}\n\n${usage}Run '${path} --help' for more information`,
  );
}

function needsEngine(path: string): CommandError {
  return new CommandError(
    'unknown-command',
    `docker: '${path}' needs an engine, and Drydock works without one\n\nRun 'help' for the commands that Drydock has`,
  );
}

/** What `help` alone says: every command that Drydock has. */
function overview(tree: CommandTree): string {
  const rows = [...tree.paths, ...BUILT_INS];
  const lines = rows
    .toSorted((a, b) => compareText(a.path, b.path))
    .map(({ path, summary }) => `  ${path}\t${summary}`);
  const table = alignTabs(lines.join('\n'), { minWidth: 0, padding: 3 });
  return `Commands:\n${table}\n\nRun 'COMMAND --help' for more information on a command.\n`;
}
