import { dockerSize } from '../../../base/human-size';
import { compareTimestamps, timestampOfMilliseconds } from '../../../base/timestamp';
import type { ListedImage } from '../../../image/image-list';
import { pruneImages } from '../../../image/removal/removal';
import type { RemovalPlan, RemovalStep } from '../../../image/removal/removal-plan';
import { familiarText } from '../../../oci/reference';
import type { Call, Command, CommandContext } from '../../command';
import { engineError } from '../../errors';
import { groupFilters } from '../../shell/filter-flag';
import { matchesLabels } from './image-filter';
import { readConfig } from './stored-images';
import { parseUntil } from './until';

const FILTERS = ['dangling', 'label', 'label!', 'until'];
const QUESTION = 'Are you sure you want to continue? [y/N] ';
const WARNINGS = {
  all: 'WARNING! This will remove all images without at least one container associated to them.\n',
  dangling: 'WARNING! This will remove all dangling images.\n',
};

/** `docker image prune`: images without a name, or all of them. */
export const prune: Command = {
  paths: ['docker image prune'],
  operands: '[OPTIONS]',
  summary: 'Remove unused images',
  aliases: [],
  rule: { kind: 'none' },
  flags: [
    {
      name: 'all',
      shorthand: 'a',
      kind: 'bool',
      help: 'Remove all unused images, not just dangling ones',
    },
    {
      name: 'filter',
      kind: 'filter',
      help: 'Provide filter values (e.g. "until=<timestamp>")',
    },
    { name: 'force', shorthand: 'f', kind: 'bool', help: 'Do not prompt for confirmation' },
  ],
  run,
};

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const { store, platform, signal, out } = context;
  const isAll = flags.bool('all');
  if (!flags.bool('force')) {
    out.write(WARNINGS[isAll ? 'all' : 'dangling'] + QUESTION);
    if (!(await context.confirm())) return 0;
  }
  const filters = groupFilters([...flags.list('filter'), `dangling=${String(!isAll)}`]);
  const { all, until } = readFilters(filters, context.now());
  const filter = async (image: ListedImage): Promise<boolean> =>
    (until === undefined ||
      compareTimestamps(image.created, timestampOfMilliseconds(until)) <= 0) &&
    (await passesLabels(image, filters, context));
  const plan = await pruneImages(store, { all, filter, platform }, { signal });
  out.write(report(plan));
  return 0;
}

type Filters = ReadonlyMap<string, readonly string[]>;

/** Throws what the engine says of a filter. `until`: milliseconds since the epoch. */
function readFilters(
  filters: Filters,
  now: number,
): { readonly all: boolean; readonly until: number | undefined } {
  for (const name of filters.keys()) {
    if (!FILTERS.includes(name)) throw engineError(`Invalid filter '${name}'`);
  }
  const dangling = filters.get('dangling') ?? [];
  const all = dangling.includes('false') || dangling.includes('0');
  const [until, ...more] = filters.get('until') ?? [];
  if (more.length > 0) throw engineError('more than one until filter specified');
  return { all, until: until === undefined ? undefined : parseUntil(until, now) };
}

/** An image whose configuration says nothing of how to run it passes every filter, as in the engine. */
async function passesLabels(
  image: ListedImage,
  filters: Filters,
  context: CommandContext,
): Promise<boolean> {
  const { labels } = image.shown;
  const unwanted = filters.get('label!');
  const passes =
    matchesLabels(labels, filters.get('label') ?? []) &&
    !(unwanted && matchesLabels(labels, unwanted));
  if (passes || Object.keys(labels).length > 0) return passes;
  return (await readConfig(context, image)).fields.optionalObject('config') === undefined;
}

function report({ outcomes }: RemovalPlan): string {
  const steps = outcomes.flatMap((outcome) => (outcome.kind === 'removed' ? outcome.steps : []));
  const reclaimed = steps.reduce(
    (sum, step) => sum + (step.kind === 'layer-deleted' ? step.unpackedSize : 0),
    0,
  );
  const lines = steps.map((step) => `${stepText(step)}\n`).join('');
  const deleted = steps.length > 0 ? `Deleted Images:\n${lines}\n` : '';
  return `${deleted}Total reclaimed space: ${dockerSize(reclaimed, 4)}\n`;
}

function stepText(step: RemovalStep): string {
  return step.kind === 'untagged'
    ? `untagged: ${familiarText(step.name)}`
    : `deleted: ${step.digest}`;
}
