import { logOut } from '../../../registry/auth/login';
import type { Command } from '../../command';
import { registryServer } from './registry-server';

/** `docker logout`. */
export const logout: Command = {
  paths: ['docker logout'],
  operands: '[SERVER]',
  summary:
    'Log out from a registry.\nIf no server is specified, the default is defined by the daemon.',
  aliases: [],
  rule: { kind: 'at most', count: 1 },
  flags: [],
  run: async ({ operands }, { registries, out }) => {
    const { registry, shown } = registryServer(operands[0] ?? '');
    out.write(`Removing login credentials for ${shown}\n`);
    await logOut(registries, registry);
    return 0;
  },
};
