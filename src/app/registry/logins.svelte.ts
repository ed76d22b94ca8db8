import { isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { CredentialsState, ListedCredential } from '../../registry/auth/credentials';
import { logOut } from '../../registry/auth/login';
import type { OpenedRegistries } from '../../registry/open-registries';

/** Who is logged in where, as Settings shows it: names only. */
export class Logins {
  #list = $state.raw<readonly ListedCredential[]>([]);
  #keeping = $state.raw<CredentialsState>('session');
  #failure = $state.raw<ErrorRecord>();
  readonly #open: () => Promise<OpenedRegistries>;

  constructor(open: () => Promise<OpenedRegistries>) {
    this.#open = open;
  }

  /** By registry; empty until `refresh` has read them. */
  get list(): readonly ListedCredential[] {
    return this.#list;
  }

  /** `locked`: there are more, and their passphrase has not been given. */
  get keeping(): CredentialsState {
    return this.#keeping;
  }

  /** Why the last thing that was asked for did not come about. */
  get failure(): ErrorRecord | undefined {
    return this.#failure;
  }

  async refresh(): Promise<void> {
    const { credentials } = await this.#open();
    this.#list = credentials.list().toSorted((a, b) => (a.registry < b.registry ? -1 : 1));
    this.#keeping = credentials.state;
  }

  async logOut(registry: string): Promise<void> {
    await this.#try(({ registries }) => logOut(registries, registry));
  }

  /** Resolves to whether the passphrase was right. */
  async unlock(passphrase: string): Promise<boolean> {
    return this.#try(({ credentials }) => credentials.unlock(passphrase));
  }

  /** Deletes what is kept; who is logged in stays so until the tab goes. */
  async forgetKept(): Promise<void> {
    await this.#try(({ credentials }) => credentials.forgetKept());
  }

  async #try(run: (opened: OpenedRegistries) => Promise<void>): Promise<boolean> {
    this.#failure = undefined;
    try {
      await run(await this.#open());
      return true;
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#failure = toErrorRecord(error);
      return false;
    } finally {
      await this.refresh();
    }
  }
}
