import { CommandError } from '../errors';
import type { FlagSpec, FlagValues } from '../shell/flags';

const LOG_LEVELS = /^(?:panic|fatal|error|warn|warning|info|debug|trace)$/i;

/** What docker takes before a command. Drydock has no engine to choose: see `checkEngineChoice`. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'config', kind: 'string', help: 'Location of client config files' },
  { name: 'context', shorthand: 'c', kind: 'string', help: 'Name of the context to use' },
  { name: 'debug', shorthand: 'D', kind: 'bool', help: 'Enable debug mode' },
  { name: 'host', shorthand: 'H', kind: 'list', help: 'Daemon socket to connect to' },
  { name: 'log-level', shorthand: 'l', kind: 'string', help: 'Set the logging level' },
  { name: 'tls', kind: 'bool', help: 'Use TLS; implied by --tlsverify' },
  { name: 'tlscacert', kind: 'string', help: 'Trust certs signed only by this CA' },
  { name: 'tlscert', kind: 'string', help: 'Path to TLS certificate file' },
  { name: 'tlskey', kind: 'string', help: 'Path to TLS key file' },
  { name: 'tlsverify', kind: 'bool', help: 'Use TLS and verify the remote' },
  { name: 'version', shorthand: 'v', kind: 'bool', help: 'Print version information and quit' },
];

/** Throws `usage` for a log level that docker does not know, and for two ways to choose an engine. */
export function checkGlobalFlags(flags: FlagValues): void {
  const level = flags.string('log-level');
  if (level !== '' && !LOG_LEVELS.test(level)) {
    throw new CommandError('usage', `Unable to parse logging level: ${level}`);
  }
  if (flags.list('host').length > 0 && flags.string('context') !== '') {
    throw new CommandError(
      'usage',
      'conflicting options: cannot specify both --host and --context',
    );
  }
}
