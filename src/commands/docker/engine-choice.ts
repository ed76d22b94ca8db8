import { blobSource } from '../../base/byte-source';
import type { CommandEnvironment } from '../command';
import { CommandError } from '../errors';
import type { FlagValues } from '../shell/flags';

/** Where docker keeps the client's settings of root, as help says. */
const SETTINGS = '/root/.docker';
const NO_ENTRY = 'no such file or directory';

/** Commands that docker's client runs without looking for an engine. */
const WITHOUT_ENGINE: ReadonlySet<string> = new Set(['docker logout', 'docker manifest inspect']);

/**
 * Throws `refused` where global flags choose an engine: what docker says of one that cannot be, and that there is none of any other.
 * https://github.com/docker/cli/blob/v28.2.2/cli/command/cli.go
 */
export async function checkEngineChoice(
  path: string,
  flags: FlagValues,
  { hashBlob }: Pick<CommandEnvironment, 'hashBlob'>,
): Promise<void> {
  if (WITHOUT_ENGINE.has(path)) return;
  const settings = flags.string('config') || SETTINGS;
  const context = flags.string('context');
  if (context !== '' && context !== 'default') {
    const digest = await hashBlob(blobSource(new Blob([context])));
    const file = `${settings}/contexts/meta/${digest.slice(digest.indexOf(':') + 1)}/meta.json`;
    throw unresolved(`context "${context}": context not found: open ${file}: ${NO_ENTRY}`);
  }
  const [host = '', ...more] = flags.list('host').map((each) => each.trim());
  if (more.length > 0) throw unresolved('Specify only one -H');
  checkHost(host);
  if (flags.bool('tls') || flags.isSet('tlsverify')) {
    const certificate = flags.string('tlscacert') || `${SETTINGS}/ca.pem`;
    throw unresolved(`open ${certificate}: ${NO_ENTRY}`);
  }
  if (host === '') return;
  throw new CommandError(
    'refused',
    `cannot connect to ${host}: Drydock works without an engine, on what is stored in this browser; leave -H out`,
  );
}

/** https://github.com/docker/cli/blob/v28.2.2/opts/hosts.go */
function checkHost(host: string): void {
  const separator = host.indexOf('://');
  const protocol = separator < 0 ? 'tcp' : host.slice(0, separator);
  const address = separator < 0 ? host : host.slice(separator + 3);
  switch (protocol) {
    case 'tcp':
    case 'unix':
      if (address.includes('://')) {
        throw unresolved(`invalid proto, expected ${protocol}: ${address}`);
      }
      if (protocol === 'tcp') checkAddress(address);
      return;
    case 'ssh':
      return;
    case 'fd':
      if (address === '') throw uninitialized(`unable to parse docker host \`${host}\``);
      return;
    case 'npipe':
      throw uninitialized('protocol not available');
    default:
      throw unresolved(`invalid bind address format: ${host}`);
  }
}

/** What Go's net/url has against a host and port. */
function checkAddress(address: string): void {
  const host = address.replace(/[/?#][^]*$/, '');
  const complain = (text: string) => unresolved(`parse "tcp://${address}": ${text}`);
  if (host.startsWith('[') && !host.includes(']')) throw complain("missing ']' in host");
  const [port = ''] = /:[^:\]]*$/.exec(host) ?? [];
  if (!/^(?::\d*)?$/.test(port)) throw complain(`invalid port "${port}" after host`);
  const [wrong] = /[\0- "<>\\^`{|}]/.exec(host) ?? [];
  if (wrong !== undefined)
    throw complain(`invalid character ${JSON.stringify(wrong)} in host name`);
}

function unresolved(reason: string): CommandError {
  return uninitialized(`unable to resolve docker endpoint: ${reason}`);
}

function uninitialized(reason: string): CommandError {
  return new CommandError('refused', `Failed to initialize: ${reason}`);
}
