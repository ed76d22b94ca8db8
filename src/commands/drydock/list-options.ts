import type { ListOptions } from '../../registry/http/paged-list';
import type { CommandContext } from '../command';

/** Says in one line on stderr where a list goes on at another host: no login of this one is to reach it. */
export function listOptions({ signal, err }: CommandContext): ListOptions {
  const onElsewhere = (host: string): void =>
    err.write(
      `The list goes on at ${host}, which was not followed: only this registry itself was asked.\n`,
    );
  return { signal, onElsewhere };
}
