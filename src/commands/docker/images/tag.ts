import { isCoded } from '../../../base/errors';
import { isDigest } from '../../../oci/digest';
import { parseNamed, type Reference } from '../../../oci/reference';
import { parseTarget, tagImage } from '../../../image/tag';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { engineRefusal } from './stored-images';

/** `docker tag`. */
export const tag: Command = {
  paths: ['docker image tag', 'docker tag'],
  operands: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
  aliases: ['docker image tag', 'docker tag'],
  rule: { kind: 'exactly', count: 2 },
  flags: [],
  flagsFirst: true,
  run,
};

async function run({ operands }: Call, context: CommandContext): Promise<number> {
  const [source = '', text = ''] = operands;
  const target = checkedByClient(source, text);
  const { store, platform, now, signal } = context;
  try {
    await tagImage(store, { source, target, platform, now }, { signal });
  } catch (error) {
    throw engineRefusal(error) ?? error;
  }
  return 0;
}

/** What docker's client checks before it asks the engine. */
function checkedByClient(source: string, target: string): Reference {
  if (!isId(source)) clientParse(source, () => parseNamed(source));
  return clientParse(target, () => parseTarget(target));
}

function isId(text: string): boolean {
  return isDigest(text) || isDigest(`sha256:${text}`);
}

function clientParse<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isCoded(error) || error.code !== 'bad-reference') throw error;
    const quoted = JSON.stringify(text);
    throw new CommandError(
      'refused',
      `Error parsing reference: ${quoted} is not a valid repository/tag: ${error.message}`,
    );
  }
}
