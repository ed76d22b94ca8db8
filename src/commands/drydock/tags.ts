import { dockerSize } from '../../base/human-size';
import { formatPlatform } from '../../oci/platform';
import { parseReference, type Reference } from '../../oci/reference';
import { listHubTags, type HubTag } from '../../registry/search/hub';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { alignTabs } from '../shell/table';
import { FORMAT_FLAG, wantsJson } from './chosen-image';
import { LIMIT_FLAG, limitOf } from './list-limit';
import { listOptions } from './list-options';

/** Docker Hub's own largest page. */
const HUB_PAGE = 100;

/** What is known of a tag: of Docker Hub's a lot, of other registries' the name. */
type FoundTag = Pick<HubTag, 'name'> & Partial<HubTag>;

/** `drydock tags`: what a registry has of a repository. */
export const tags: Command = {
  paths: ['drydock tags'],
  operands: '[OPTIONS] NAME',
  summary: 'List the tags that a registry has of a repository',
  aliases: [],
  rule: { kind: 'exactly', count: 1 },
  flags: [FORMAT_FLAG, LIMIT_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const reference = parseReference(call.operands[0] ?? '');
  if (reference.tag !== undefined || reference.digest !== undefined) {
    throw new CommandError('usage', 'tags are of a repository: leave out the tag or digest');
  }
  const find = reference.registry === 'docker.io' ? hubTags : registryTags;
  const found = await find(reference, limitOf(call), context);
  context.out.write(isJson ? `${JSON.stringify(found.map(tagJson))}\n` : tagTable(found));
  return 0;
}

/** The latest first. */
async function hubTags(
  { repository }: Reference,
  limit: number,
  { registries, signal }: CommandContext,
): Promise<readonly FoundTag[]> {
  const found: HubTag[] = [];
  for (let page = 1; found.length < limit; page++) {
    const options = { page, pageSize: HUB_PAGE, signal };
    const { items, hasNext } = await listHubTags(registries.transport, repository, options);
    found.push(...items);
    if (!hasNext || items.length === 0) break;
  }
  return found.slice(0, limit);
}

/** In the registry's order. */
async function registryTags(
  { registry, repository }: Reference,
  limit: number,
  context: CommandContext,
): Promise<readonly FoundTag[]> {
  const found: FoundTag[] = [];
  const listed = context.registries.open(registry).tags(repository, listOptions(context));
  for await (const name of listed) {
    found.push({ name });
    if (found.length === limit) break;
  }
  return found;
}

function tagJson({ name, digest, size, updated, platforms }: FoundTag): object {
  return {
    name,
    digest: digest ?? null,
    size: size ?? null,
    updated: updated ?? null,
    platforms:
      platforms?.map((each) => ({
        platform: formatPlatform(each.platform),
        digest: each.digest ?? null,
        size: each.size,
      })) ?? null,
  };
}

function tagTable(found: readonly FoundTag[]): string {
  if (found.every(({ updated }) => updated === undefined)) {
    return found.map(({ name }) => `${name}\n`).join('');
  }
  const rows = found.map(({ name, updated = '', size = 0, platforms = [] }) => {
    const names = platforms.map(({ platform }) => formatPlatform(platform)).join(', ');
    return `${name}\t${updated.slice(0, 16).replace('T', ' ')}\t${dockerSize(size)}\t${names}`;
  });
  const lines = ['TAG\tUPDATED\tSIZE\tPLATFORMS', ...rows].join('\n');
  return `${alignTabs(lines, { minWidth: 0, padding: 2 })}\n`;
}
