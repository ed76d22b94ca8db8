import type { Call } from '../command';
import type { FlagSpec } from '../shell/flags';

const DEFAULT_LIMIT = 1000;

export const LIMIT_FLAG: FlagSpec = {
  name: 'limit',
  kind: 'int',
  help: `Names at most (default ${DEFAULT_LIMIT})`,
};

/** How many names are listed; more than are asked for are not fetched. */
export function limitOf({ flags }: Call): number {
  const asked = flags.int('limit');
  return asked > 0 ? asked : DEFAULT_LIMIT;
}
