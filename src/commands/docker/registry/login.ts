import { isAbort, isCoded } from '../../../base/errors';
import { IDENTITY_TOKEN_USER, type Credential } from '../../../registry/auth/credential';
import { logIn } from '../../../registry/auth/login';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError, engineError } from '../../errors';
import type { FlagValues } from '../../shell/flags';
import { checkServer, registryServer, type RegistryServer } from './registry-server';

/** `docker login`. What it keeps, it keeps for this session, or encrypted where Settings says so: so there is no warning of a plain file. */
export const login: Command = {
  paths: ['docker login'],
  operands: '[OPTIONS] [SERVER]',
  summary: 'Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.',
  aliases: [],
  rule: { kind: 'at most', count: 1 },
  flags: [
    {
      name: 'password',
      shorthand: 'p',
      kind: 'string',
      help: 'Password or Personal Access Token (PAT)',
    },
    {
      name: 'password-stdin',
      kind: 'bool',
      help: 'Take the Password or Personal Access Token\n(PAT) from stdin',
    },
    { name: 'username', shorthand: 'u', kind: 'string', help: 'Username' },
  ],
  run,
};

const PASSWORD_WARNING =
  'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n';
const OTHER_ACCOUNT =
  "\n\n Info -> To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n";

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  checkFlags(flags);
  if (flags.isSet('password')) context.err.write(PASSWORD_WARNING);
  const server = registryServer(operands[0] ?? '');
  const username = flags.string('username').trim();
  const password = flags.bool('password-stdin')
    ? await passwordFrom(context)
    : flags.string('password');
  const asked = username === '' && password === '';
  const isIn = asked && (await tryStored(server, context));
  if (!isIn) {
    const credential = await askForRest({ username, password }, context);
    checkServer(server);
    await attempt(server, credential, context);
  }
  context.out.write('Login Succeeded\n');
  return 0;
}

function checkFlags(flags: FlagValues): void {
  const [hasUser, hasPassword] = [flags.isSet('username'), flags.isSet('password')];
  if (flags.bool('password-stdin')) {
    if (hasPassword) {
      throw refused('conflicting options: cannot specify both --password and --password-stdin');
    }
    if (!hasUser) throw refused('the --password-stdin option requires --username to be set');
  }
  if (hasUser && flags.string('username') === '') throw refused('username is empty');
  if (hasPassword && flags.string('password') === '') throw refused('password is empty');
}

/** The first line's end does not belong to the password. */
async function passwordFrom({ input }: CommandContext): Promise<string> {
  return ((await input?.blob.text()) ?? '').replace(/\n$/, '').replace(/\r$/, '');
}

/** Tries what the user logged in with before. False where there is nothing, or the registry does not take it any more. */
async function tryStored(server: RegistryServer, context: CommandContext): Promise<boolean> {
  const stored = context.registries.credentials.get(server.registry);
  if (stored?.kind !== 'password') return false;
  context.err.write(
    `Authenticating with existing credentials... [Username: ${stored.username}]${OTHER_ACCOUNT}`,
  );
  try {
    await attempt(server, stored, context);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const isOld = isCoded(error.cause) && error.cause.code === 'unauthorized';
    context.err.write(
      isOld
        ? 'Stored credentials invalid or expired\n'
        : `Login did not succeed, error: ${error.message}\n`,
    );
    return false;
  }
}

async function askForRest(
  given: { readonly username: string; readonly password: string },
  { isInteractive, askText, askPassword, out }: CommandContext,
): Promise<Credential> {
  let { username, password } = given;
  if ((username === '' || password === '') && !isInteractive) {
    throw refused('Error: Cannot perform an interactive login from a non TTY device');
  }
  if (username === '') {
    out.write('Username: ');
    username = ((await askText()) ?? '').trim();
    if (username === '') throw refused('error: username is required');
  }
  if (password === '') {
    out.write('Password: ');
    password = (await askPassword()) ?? '';
    out.write('\n');
    if (password === '') throw refused('error: password is required');
  }
  return username === IDENTITY_TOKEN_USER
    ? { kind: 'identity-token', token: password }
    : { kind: 'password', username, password };
}

/** Throws what docker's engine answers where the registry does not take it. */
async function attempt(
  { registry }: RegistryServer,
  credential: Credential,
  { registries, signal }: CommandContext,
): Promise<void> {
  try {
    await logIn(registries, registry, { credential, signal });
  } catch (error) {
    if (!isCoded(error) || isAbort(error)) throw error;
    const { text, request } = error.detail;
    const told =
      typeof text !== 'string' || error.code !== 'unauthorized'
        ? error.message
        : typeof request === 'string'
          ? `${request}: ${text}`
          : text;
    throw engineError(told, { cause: error });
  }
}

function refused(message: string): CommandError {
  return new CommandError('refused', message);
}
