import type { AbortOptions } from '../../base/task';
import type { Credential } from './credential';
import type { Registries } from '../registries';

/**
 * Tries a login and, where the registry takes it, keeps it. A registry that asks for none takes any. Rejects with `unauthorized`, or as the
 * transport does; what was known before then stays.
 */
export async function logIn(
  registries: Registries,
  registry: string,
  { credential, ...options }: AbortOptions & { readonly credential: Credential },
): Promise<void> {
  const { connection } = registries.open(registry);
  const identityToken = await connection.tryLogin(credential, options);
  await registries.credentials.set(
    registry,
    identityToken === undefined ? credential : { kind: 'identity-token', token: identityToken },
  );
}

export async function logOut(registries: Registries, registry: string): Promise<void> {
  await registries.credentials.delete(registry);
}
