import { removeImages } from '../../../image/removal/removal';
import type { RemovalOutcome, RemovalPlan, RemovalStep } from '../../../image/removal/removal-plan';
import { familiarText } from '../../../oci/reference';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError, engineError } from '../../errors';
import { parsePlatformFlag } from '../platform-flag';
import { engineRefusal, pageNotFound, pathWord } from './stored-images';

/** `docker rmi`: names and images, and the bytes that nothing needs after. */
export const remove: Command = {
  paths: ['docker image rm', 'docker rmi'],
  synonyms: ['docker image remove', 'docker image rmi'],
  operands: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Remove one or more images',
  aliases: ['docker image rm', 'docker image remove', 'docker rmi'],
  rule: { kind: 'at least', count: 1 },
  flags: [
    { name: 'force', shorthand: 'f', kind: 'bool', help: 'Force removal of the image' },
    { name: 'no-prune', kind: 'bool', help: 'Do not delete untagged parents' },
    {
      name: 'platform',
      kind: 'csv',
      help: 'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      hidden: true,
    },
  ],
  run,
};

const NOT_FOUND: ReadonlySet<string> = new Set(['no-such-image', 'no-such-platform']);

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const { store, platform, signal, out, err } = context;
  const force = flags.bool('force');
  const only = flags.list('platform').map((text) => parsePlatformFlag(text, { prefix: '' }));
  const words = operands.map(pathWord);
  if (only.length > 0 && !force) {
    throw new CommandError('refused', words.map(platformRefusal).join('\n'));
  }
  const request = { words: words.filter((word) => word !== undefined), platform };
  const flagged = { force, keepParents: flags.bool('no-prune'), only };
  const plan = await removeImages(store, { ...request, ...flagged }, { signal });
  const { text, refusals } = told(words, plan);
  out.write(text);
  if (refusals.length === 0) return 0;
  const complaint = refusals.map(({ message }) => message).join('\n');
  if (!force || refusals.some(({ isMissing }) => !isMissing)) {
    throw new CommandError('refused', complaint);
  }
  err.write(`${complaint}\n`);
  return 0;
}

interface Refusal {
  readonly message: string;
  /** The engine has not got it, which is no failure where removing is forced. */
  readonly isMissing: boolean;
}

/** What became of each word, `undefined` for one that makes no path. */
function told(
  words: readonly (string | undefined)[],
  plan: RemovalPlan,
): { readonly text: string; readonly refusals: readonly Refusal[] } {
  const outcomes = plan.outcomes.values();
  const refusals: Refusal[] = [];
  let text = '';
  for (const word of words) {
    const outcome = word === undefined ? undefined : outcomes.next().value;
    if (outcome?.kind === 'removed') {
      text += outcome.steps.map((step) => `${stepText(step)}\n`).join('');
    } else refusals.push(outcome ? refusalOf(outcome) : PAGE_NOT_FOUND);
  }
  return { text, refusals };
}

const PAGE_NOT_FOUND: Refusal = { message: pageNotFound().message, isMissing: true };

function refusalOf({ error }: Extract<RemovalOutcome, { kind: 'refused' }>): Refusal {
  const { message } = engineRefusal(error) ?? error;
  return { message, isMissing: NOT_FOUND.has(error.code) };
}

/** A newer engine removes a platform from every image that has it, and so only by force. The dash is its own. */
function platformRefusal(word: string | undefined): string {
  const text =
    'Content will be removed from all images referencing this variant. Use —-force to force delete.';
  return word === undefined ? PAGE_NOT_FOUND.message : engineError(text).message;
}

function stepText(step: RemovalStep): string {
  return step.kind === 'untagged'
    ? `Untagged: ${familiarText(step.name)}`
    : `Deleted: ${step.digest}`;
}
