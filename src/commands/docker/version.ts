import { isCoded } from '../../base/errors';
import { goJson, type OrderedJson } from '../../image/go-json';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { alignTabs } from '../shell/table';
import { Template } from '../template/template';
import {
  clientMembers,
  clientVersion,
  DOCKER_VERSION,
  goStructOf,
  type ClientVersion,
} from './client-version';
import { INSPECT_FORMAT_HELP, PARSE_EXIT_CODE } from './formatter';

/** `docker version`: Drydock in the client's place, and no server. */
export const version: Command = {
  paths: ['docker version'],
  operands: '[OPTIONS]',
  summary: 'Show the Docker version information',
  aliases: [],
  rule: { kind: 'none' },
  flags: [
    {
      name: 'format',
      shorthand: 'f',
      kind: 'string',
      help: INSPECT_FORMAT_HELP,
      values: ['json'],
    },
  ],
  run,
};

function run({ flags }: Call, context: CommandContext): Promise<number> {
  const client = clientVersion(context);
  const format = flags.string('format');
  context.out.write(format === '' ? toText(client) : `${formatted(format, client)}\n`);
  return Promise.resolve(0);
}

function toText({ product, apiVersion, os, arch }: ClientVersion): string {
  const lines = [
    ['Version', DOCKER_VERSION],
    ['API version', apiVersion],
    ['OS/Arch', `${os}/${arch}`],
    ['Context', 'default'],
  ].map(([name = '', value = '']) => ` ${name}:\t${value}\n`);
  return `Client: ${product}\n${alignTabs(lines.join(''), { minWidth: 20, padding: 1 })}`;
}

/** The client calls its template `version`, and says so of what is wrong with it. */
function formatted(format: string, client: ClientVersion): string {
  const members = new Map<string, OrderedJson>([
    ['Client', clientMembers(client)],
    ['Server', null],
  ]);
  if (format === 'json') return goJson(members);
  const named = (message: string) =>
    message
      .replace(/^template: :/, 'template: version:')
      .replace('executing "" at', 'executing "version" at');
  let prefix = 'template parsing error: ';
  try {
    const template = new Template(format);
    prefix = '';
    return template.execute(goStructOf(members, 'system.versionInfo'));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', prefix + named(error.message), {
      exitCode: prefix === '' ? 1 : PARSE_EXIT_CODE,
      cause: error,
    });
  }
}
