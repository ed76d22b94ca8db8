import { removeImages } from '../../image/removal';
import type { RemovalOutcome, RemovalStep } from '../../image/removal-plan';
import { familiarReference, parseReference } from '../../oci/reference';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
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
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const { store, platform, signal, out, err } = context;
  const force = flags.bool('force');
  const words = operands.map(pathWord);
  const plan = await removeImages(
    store,
    {
      words: words.filter((word) => word !== undefined),
      platform,
      force,
      keepParents: flags.bool('no-prune'),
    },
    { signal },
  );
  const outcomes = plan.outcomes.values();
  const complaints: string[] = [];
  let isFatal = false;
  for (const word of words) {
    const outcome = word === undefined ? undefined : outcomes.next().value;
    if (outcome?.kind === 'removed') {
      out.write(outcome.steps.map((step) => `${stepText(step)}\n`).join(''));
      continue;
    }
    complaints.push(outcome ? refusalText(outcome) : pageNotFound().message);
    isFatal ||= outcome !== undefined && outcome.error.code !== 'no-such-image';
  }
  if (complaints.length === 0) return 0;
  const text = complaints.join('\n');
  if (isFatal || !force) throw new CommandError('refused', text);
  err.write(`${text}\n`);
  return 0;
}

function refusalText({ error }: Extract<RemovalOutcome, { kind: 'refused' }>): string {
  return (engineRefusal(error) ?? error).message;
}

function stepText(step: RemovalStep): string {
  return step.kind === 'untagged'
    ? `Untagged: ${familiarReference(parseReference(step.name))}`
    : `Deleted: ${step.digest}`;
}
