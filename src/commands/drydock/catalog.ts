import { parseReference } from '../../oci/reference';
import { listCatalog } from '../../registry/search/catalog';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { FORMAT_FLAG, wantsJson } from './chosen-image';
import { LIMIT_FLAG, limitOf } from './list-limit';
import { listOptions } from './list-options';

/** `drydock catalog`: the repositories of a registry, where it tells them. */
export const catalog: Command = {
  paths: ['drydock catalog'],
  operands: '[OPTIONS] HOST[:PORT]',
  summary: 'List the repositories of a registry',
  aliases: [],
  rule: { kind: 'exactly', count: 1 },
  flags: [FORMAT_FLAG, LIMIT_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const { connection } = context.registries.open(readHost(call.operands[0] ?? ''));
  const limit = limitOf(call);
  const names: string[] = [];
  for await (const page of listCatalog(connection, listOptions(context))) {
    names.push(...page);
    if (names.length >= limit) break;
  }
  const shown = names.slice(0, limit);
  const lines = (): string => shown.map((name) => `${name}\n`).join('');
  context.out.write(isJson ? `${JSON.stringify(shown)}\n` : lines());
  return 0;
}

/** A host as it stands in a name. Throws `usage` for what is none, and for Docker Hub, which has no catalogue. */
function readHost(text: string): string {
  const { registry, repository } = parseReference(`${text}/name`);
  if (registry === text && repository === 'name') return registry;
  throw new CommandError('usage', `"${text}" is no registry with a list of repositories`);
}
