import { isRecord } from '../../base/is-record';
import type { SettingsStore } from '../../store/index-store';
import type { Credential, CredentialStore } from './credential';
import { openSecret, sealSecret, vaultKey, type SealedSecret, type VaultKey } from './vault';

const SETTING = 'registry.credentials';
/** Registries that were logged out of while what is kept was locked: `unlock` leaves their logins out. */
const LOGGED_OUT = 'registry.credentials.logged-out';

/**
 * `session`: known until the tab goes. `locked`: some are kept, and their passphrase has not been given. `kept`: every change is stored,
 * encrypted.
 */
export type CredentialsState = 'session' | 'locked' | 'kept';

/** A login as it may be shown. */
export interface ListedCredential {
  readonly registry: string;
  /** Undefined for a token that no name belongs to. */
  readonly username: string | undefined;
}

/** What the user logged in with: for this session, and on request encrypted in the store. */
export class Credentials implements CredentialStore {
  readonly #settings: SettingsStore;
  readonly #known = new Map<string, Credential>();
  readonly #listeners = new Set<(registry: string) => void>();
  #sealed: SealedSecret | undefined;
  #key: VaultKey | undefined;

  private constructor(settings: SettingsStore, sealed: SealedSecret | undefined) {
    this.#settings = settings;
    this.#sealed = sealed;
  }

  /** What is kept stays locked until `unlock`. */
  static async open(settings: SettingsStore): Promise<Credentials> {
    const stored = await settings.get(SETTING);
    return new Credentials(settings, isSealed(stored) ? stored : undefined);
  }

  get state(): CredentialsState {
    if (this.#key) return 'kept';
    return this.#sealed ? 'locked' : 'session';
  }

  get(registry: string): Credential | undefined {
    return this.#known.get(registry);
  }

  list(): readonly ListedCredential[] {
    return [...this.#known].map(([registry, credential]) => ({
      registry,
      username: credential.kind === 'password' ? credential.username : undefined,
    }));
  }

  async set(registry: string, credential: Credential): Promise<void> {
    this.#known.set(registry, credential);
    this.#tell(registry);
    await this.#save();
  }

  /** A login that is kept goes too, even while it is locked: with the next `unlock`. */
  async delete(registry: string): Promise<void> {
    this.#known.delete(registry);
    this.#tell(registry);
    if (this.state === 'locked') {
      const loggedOut = new Set(await this.#loggedOut());
      await this.#settings.set(LOGGED_OUT, [...loggedOut.add(registry)]);
    }
    await this.#save();
  }

  /** Keeps every login from now on. Rejects with `encryption-unavailable`. */
  async keep(passphrase: string): Promise<void> {
    this.#key = await vaultKey(passphrase);
    await this.#save();
  }

  /** Brings back what is kept; a login of this session goes before a kept one. Rejects with `wrong-passphrase` or `encryption-unavailable`. */
  async unlock(passphrase: string): Promise<void> {
    if (!this.#sealed) return;
    const key = await vaultKey(passphrase, this.#sealed);
    const kept = parseCredentials(await openSecret(key, this.#sealed));
    const loggedOut = new Set<unknown>(await this.#loggedOut());
    for (const [registry, credential] of kept) {
      if (this.#known.has(registry) || loggedOut.has(registry)) continue;
      this.#known.set(registry, credential);
      this.#tell(registry);
    }
    this.#key = key;
    await this.#save();
    await this.#settings.delete(LOGGED_OUT);
  }

  /** Deletes what is kept. The session's logins stay until the tab goes. */
  async forgetKept(): Promise<void> {
    this.#key = undefined;
    this.#sealed = undefined;
    await this.#settings.delete(SETTING);
    await this.#settings.delete(LOGGED_OUT);
  }

  onChange(listener: (registry: string) => void): void {
    this.#listeners.add(listener);
  }

  async #loggedOut(): Promise<readonly unknown[]> {
    return listOf(await this.#settings.get(LOGGED_OUT));
  }

  #tell(registry: string): void {
    for (const listener of this.#listeners) listener(registry);
  }

  async #save(): Promise<void> {
    if (!this.#key) return;
    this.#sealed = await sealSecret(this.#key, JSON.stringify([...this.#known]));
    await this.#settings.set(SETTING, this.#sealed);
  }
}

function parseCredentials(text: string): readonly (readonly [string, Credential])[] {
  const json: unknown = JSON.parse(text);
  return listOf(json).flatMap((entry) => {
    const [registry, credential] = listOf(entry);
    return typeof registry === 'string' && isCredential(credential)
      ? [[registry, credential] as const]
      : [];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? Array.from<unknown>(value) : [];
}

function isCredential(value: unknown): value is Credential {
  if (!isRecord(value)) return false;
  return value['kind'] === 'password'
    ? typeof value['username'] === 'string' && typeof value['password'] === 'string'
    : value['kind'] === 'identity-token' && typeof value['token'] === 'string';
}

function isSealed(value: unknown): value is SealedSecret {
  return (
    isRecord(value) &&
    ['salt', 'iv', 'data'].every((name) => value[name] instanceof Uint8Array) &&
    typeof value['iterations'] === 'number'
  );
}
