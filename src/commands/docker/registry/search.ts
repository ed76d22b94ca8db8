import { isCoded, type CodedError } from '../../../base/errors';
import { searchRepositories, type FoundRepository } from '../../../registry/search/search';
import type { Call, Command, CommandContext } from '../../command';
import { engineError } from '../../errors';
import { ellipsis } from '../../shell/char-width';
import { groupFilters } from '../../shell/filter-flag';
import { goBool, goInt, goString, goStruct, type GoField } from '../../template/go-value';
import { formatRows, type Row, type RowKind } from '../formatter';

const DESCRIPTION_WIDTH = 45;
/** What the engine asks for where the client names no limit, and the most that it asks for. */
const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
const FILTERS = ['is-automated', 'is-official', 'stars'];

const SEARCH_ROW: RowKind = {
  headings: new Map([
    ['Name', 'NAME'],
    ['Description', 'DESCRIPTION'],
    ['StarCount', 'STARS'],
    ['IsOfficial', 'OFFICIAL'],
  ]),
  jsonText: (text, name) => (name === 'IsOfficial' ? String(text !== '') : text),
};
const DEFAULT_FORMAT = 'table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}';

const AUTOMATED_WARNING =
  'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.\n';

/** `docker search`: repositories of Docker Hub, or of the host before the first slash. */
export const search: Command = {
  paths: ['docker search'],
  operands: '[OPTIONS] TERM',
  summary: 'Search Docker Hub for images',
  aliases: [],
  rule: { kind: 'exactly', count: 1 },
  flags: [
    {
      name: 'filter',
      shorthand: 'f',
      kind: 'filter',
      help: 'Filter output based on conditions provided',
      values: ['is-automated=', 'is-official=', 'stars='],
    },
    { name: 'format', kind: 'string', help: 'Pretty-print search using a Go template' },
    { name: 'limit', kind: 'int', help: 'Max number of search results' },
    { name: 'no-trunc', kind: 'bool', help: "Don't truncate output" },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const [term = ''] = operands;
  const groups = groupFilters(flags.list('filter'));
  if (groups.has('is-automated')) context.err.write(AUTOMATED_WARNING);
  const matches = readFilters(groups);
  const found = await find(term, flags.int('limit'), context);
  // In the server's order: by what it finds relevant.
  const rows = found
    .filter(matches)
    .map((repository) => templateRow(repository, !flags.bool('no-trunc')));
  const format = flags.string('format');
  const isDefault = format === '' || format === 'table';
  context.out.write(formatRows(isDefault ? DEFAULT_FORMAT : format, rows, SEARCH_ROW));
  return 0;
}

type Matches = (repository: FoundRepository) => boolean;

/** Throws what the engine says of a filter. https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_search.go */
function readFilters(groups: ReadonlyMap<string, readonly string[]>): Matches {
  const unknown = [...groups.keys()].find((name) => !FILTERS.includes(name));
  if (unknown !== undefined) throw engineError(`Invalid filter '${unknown}'`);
  const isAutomated = readYesNo(groups, 'is-automated');
  const isOfficial = readYesNo(groups, 'is-official');
  const stars = Math.max(0, ...(groups.get('stars') ?? []).map(readStars));
  return (repository) =>
    (isAutomated === undefined || repository.isAutomated === isAutomated) &&
    (isOfficial === undefined || repository.isOfficial === isOfficial) &&
    (!groups.has('stars') || repository.stars >= stars);
}

function readYesNo(
  groups: ReadonlyMap<string, readonly string[]>,
  name: string,
): boolean | undefined {
  const values = groups.get(name);
  if (!values) return undefined;
  const [only = ''] = values;
  if (values.length === 1 && (only === 'true' || only === 'false')) return only === 'true';
  throw engineError(`Invalid filter '${name}=[${values.join(' ')}]'`);
}

function readStars(text: string): number {
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw engineError(`Invalid filter 'stars=${text}'`);
}

async function find(
  term: string,
  asked: number,
  { registries, signal }: CommandContext,
): Promise<readonly FoundRepository[]> {
  // The client leaves out what is not positive.
  const limit = asked > 0 ? asked : DEFAULT_LIMIT;
  if (term.includes('://')) {
    throw engineError('Invalid repository name (ex: "registry.domain.tld/myrepos")');
  }
  if (limit > MAX_LIMIT) throw engineError(`Limit ${limit} is outside the range of [1, 100]`);
  try {
    return await searchRepositories(registries.transport, term, { limit, signal });
  } catch (error) {
    if (!isCoded(error)) throw error;
    const status = refusingStatus(error);
    throw engineError(status === undefined ? error.message : `Unexpected status code ${status}`, {
      cause: error,
    });
  }
}

/** The status with which the server refused; undefined where it was not reached, which has a reason of its own. */
function refusingStatus({ code, detail: { status, text } }: CodedError): number | undefined {
  // A limit that is passed may come without words.
  const isRefusal = code === 'rate-limited' || typeof text === 'string';
  return isRefusal && typeof status === 'number' ? status : undefined;
}

function templateRow(repository: FoundRepository, isTruncated: boolean): Row {
  const { name, description, stars, isOfficial, isAutomated } = repository;
  const line = description.replaceAll(/[\r\n]/g, ' ');
  const cells = new Map<string, () => string>([
    ['Name', () => name],
    ['Description', () => (isTruncated ? ellipsis(line, DESCRIPTION_WIDTH) : line)],
    ['StarCount', () => String(stars)],
    ['IsOfficial', () => (isOfficial ? '[OK]' : '')],
  ]);
  const found = goStruct('registry.SearchResult', [
    ['StarCount', goInt(stars)],
    ['IsOfficial', goBool(isOfficial)],
    ['Name', goString(name)],
    ['IsAutomated', goBool(isAutomated)],
    ['Description', goString(description)],
  ]);
  const fields = (): readonly GoField[] => [
    ['trunc', goBool(isTruncated)],
    ['json', goBool(false)],
    ['s', found],
  ];
  return { type: '*registry.searchContext', cells, fields };
}
