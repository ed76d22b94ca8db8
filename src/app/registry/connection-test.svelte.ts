import { isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { checkServer, registryServer } from '../../commands/docker/registry/registry-server';
import type { OpenedRegistries } from '../../registry/open-registries';
import { isLoopback } from '../../registry/http/registry-address';
import { testConnection, type ReachedRegistry } from '../../registry/test-connection';
import { HUB } from './repository-search.svelte';

export type ConnectionResult =
  | { readonly kind: 'testing' }
  | { readonly kind: 'reached'; readonly reached: ReachedRegistry }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** Whether a registry can be reached, and how: tried when it is asked for. */
export class ConnectionTest {
  /** As it is typed. */
  text = $state('');
  #registry = $state('');
  #isPlain = $state(false);
  #result = $state.raw<ConnectionResult>();
  #running = 0;
  readonly #open: () => Promise<OpenedRegistries>;

  constructor(open: () => Promise<OpenedRegistries>) {
    this.#open = open;
  }

  /** Of the last test. */
  get result(): ConnectionResult | undefined {
    return this.#result;
  }

  /** Which was tested last. */
  get registry(): string {
    return this.#registry;
  }

  /** Whether the one that was tested may be asked over plain http. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** Whether that is a question: of registries on this machine it is none, and Docker Hub has its own address. */
  get canBePlain(): boolean {
    return this.#registry !== '' && this.#registry !== HUB && !isLoopback(this.#registry);
  }

  /** Whether what is typed is a host. */
  get isHost(): boolean {
    try {
      checkServer(registryServer(this.text.trim()));
      return true;
    } catch (error) {
      if (!isCoded(error)) throw error;
      return false;
    }
  }

  /** Tests what is typed, by way of a proxy that is set or is yet to be; empty for none. What goes wrong is a result; nothing rejects. */
  async run(proxy: string): Promise<void> {
    if (!this.isHost) return;
    await this.#test(registryServer(this.text.trim()).registry, proxy.trim());
  }

  /** Allows or forbids plain http for the registry that was tested, and tests it again. */
  async setPlain(isAllowed: boolean, proxy: string): Promise<void> {
    const { settings } = await this.#open();
    await settings.setPlainHttp(this.#registry, isAllowed);
    await this.#test(this.#registry, proxy.trim());
  }

  async #test(registry: string, proxy: string): Promise<void> {
    const run = ++this.#running;
    this.#registry = registry;
    this.#result = { kind: 'testing' };
    const { registries, settings, trial } = await this.#open();
    this.#isPlain = settings.allowsPlainHttp(registry);
    const isSet = proxy === (settings.proxy ?? '');
    const tried = isSet ? registries : trial(proxy || undefined);
    const result = await resultOf(testConnection(tried, registry));
    // A later test is the one that counts.
    if (run === this.#running) this.#result = result;
  }
}

async function resultOf(testing: Promise<ReachedRegistry>): Promise<ConnectionResult> {
  try {
    return { kind: 'reached', reached: await testing };
  } catch (error) {
    return { kind: 'failed', error: toErrorRecord(error) };
  }
}
