import { isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { checkServer, registryServer } from '../../commands/docker/registry/registry-server';
import { IDENTITY_TOKEN_USER, type Credential } from '../../registry/auth/credential';
import type { Credentials, CredentialsState } from '../../registry/auth/credentials';
import { logIn } from '../../registry/auth/login';
import type { OpenedRegistries } from '../../registry/open-registries';

/** What a login that did not come about failed by. */
export type LoginFailure =
  /** The registry does not take the user name and the password. */
  | { readonly kind: 'wrong-login'; readonly registry: string }
  | { readonly kind: 'wrong-passphrase' }
  | { readonly kind: 'other'; readonly error: ErrorRecord };

/** A login as it is typed. What is secret of it goes from here to the registry and to the vault, and is emptied with the form. */
export class LoginForm {
  registry = $state('');
  username = $state('');
  password = $state('');
  /** Whether this login is to be kept on the device. */
  isToBeKept = $state(false);
  passphrase = $state('');
  passphraseAgain = $state('');
  #keeping = $state.raw<CredentialsState>('session');
  #isBusy = $state(false);
  #failure = $state.raw<LoginFailure>();
  readonly #open: () => Promise<OpenedRegistries>;

  constructor(open: () => Promise<OpenedRegistries>, registry: string) {
    this.#open = open;
    this.registry = registry;
    void this.#readKeeping();
  }

  /** How logins are kept by now. */
  get keeping(): CredentialsState {
    return this.#keeping;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get failure(): LoginFailure | undefined {
    return this.#failure;
  }

  /** Whether the registry's name, where one is typed, is a host. */
  get isHost(): boolean {
    try {
      checkServer(registryServer(this.registry.trim()));
      return true;
    } catch (error) {
      if (!isCoded(error)) throw error;
      return false;
    }
  }

  /** A passphrase that is new is typed twice; one that opens what is kept shows by itself whether it is right. */
  get isRepeated(): boolean {
    return this.#keeping !== 'session' || this.passphrase === this.passphraseAgain;
  }

  get isReady(): boolean {
    const isKeepable = !this.isToBeKept || (this.passphrase !== '' && this.isRepeated);
    return (
      !this.#isBusy &&
      this.isHost &&
      this.username.trim() !== '' &&
      this.password !== '' &&
      isKeepable
    );
  }

  /** Logs in, and keeps the login where that is wanted. Resolves to whether it came about; nothing rejects. */
  async submit(): Promise<boolean> {
    if (!this.isReady) return false;
    const { registry } = registryServer(this.registry.trim());
    this.#isBusy = true;
    this.#failure = undefined;
    try {
      await this.#logIn(registry);
      this.clear();
      return true;
    } catch (error) {
      this.#failure = failureOf(error, registry);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Empties what is secret. */
  clear(): void {
    this.password = '';
    this.passphrase = '';
    this.passphraseAgain = '';
  }

  async #readKeeping(): Promise<void> {
    this.#keeping = (await this.#open()).credentials.state;
  }

  async #logIn(registry: string): Promise<void> {
    const { registries, credentials } = await this.#open();
    // A wrong passphrase is told before anything is sent; a new one is taken only for a login that came about.
    if (this.isToBeKept && credentials.state === 'locked') await this.#unlock(credentials);
    await logIn(registries, registry, { credential: this.#credential() });
    if (this.isToBeKept && credentials.state === 'session') await credentials.keep(this.passphrase);
  }

  async #unlock(credentials: Credentials): Promise<void> {
    await credentials.unlock(this.passphrase);
    this.#keeping = credentials.state;
  }

  #credential(): Credential {
    const username = this.username.trim();
    const { password } = this;
    return username === IDENTITY_TOKEN_USER
      ? { kind: 'identity-token', token: password }
      : { kind: 'password', username, password };
  }
}

function failureOf(error: unknown, registry: string): LoginFailure {
  const code = isCoded(error) ? error.code : '';
  if (code === 'unauthorized') return { kind: 'wrong-login', registry };
  if (code === 'wrong-passphrase') return { kind: 'wrong-passphrase' };
  return { kind: 'other', error: toErrorRecord(error) };
}
