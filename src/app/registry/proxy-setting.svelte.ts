import { isCoded } from '../../base/errors';
import { DEFAULT_PROXY, proxiedUrl } from '../../registry/http/proxy-template';
import type { RegistrySettings } from '../../registry/registry-settings';
import type { Fetch } from '../../registry/http/transport';

/** A name that can have no address: nobody is asked. */
const NOBODY = 'https://drydock.invalid/';

export type ProxyStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'ready'; readonly milliseconds: number }
  /** Nobody answers under its address, or something that is no proxy. */
  | { readonly kind: 'missing' };

export interface ProxySettingParts {
  /** Read when they are first needed. */
  readonly settings: () => Promise<Pick<RegistrySettings, 'proxy' | 'setProxy'>>;
  readonly fetch: Fetch;
  /** The URL of this page, which a relative template is relative to. */
  readonly pageUrl: string;
  /** Milliseconds, of a clock that never goes back. */
  readonly elapsed: () => number;
}

/** The proxy by which registries are reached that let no page in: its URL template, and whether somebody answers there. */
export class ProxySetting {
  #template = $state(DEFAULT_PROXY);
  #status = $state.raw<ProxyStatus>({ kind: 'checking' });
  readonly #parts: ProxySettingParts;

  constructor(parts: ProxySettingParts) {
    this.#parts = parts;
  }

  /** Empty where there is to be none; as it is set once `check` was called. */
  get template(): string {
    return this.#template;
  }

  get status(): ProxyStatus {
    return this.#template === '' ? { kind: 'off' } : this.#status;
  }

  /** Whether it is on the page's own server. */
  get isOwn(): boolean {
    return new URL(this.#url() ?? NOBODY).origin === new URL(this.#parts.pageUrl).origin;
  }

  /** What is wrong with a template as it is typed; undefined where nothing is. */
  problemOf(template: string): string | undefined {
    if (template.trim() === '') return undefined;
    try {
      proxiedUrl(template.trim(), NOBODY, this.#parts.pageUrl);
      return undefined;
    } catch (error) {
      if (!isCoded(error)) throw error;
      return error.message;
    }
  }

  async set(template: string): Promise<void> {
    const settings = await this.#parts.settings();
    await settings.setProxy(template.trim() || undefined);
    await this.check();
  }

  async reset(): Promise<void> {
    await this.set(DEFAULT_PROXY);
  }

  /** Asks the proxy what it can do, which it answers by itself. Nothing rejects. */
  async check(): Promise<void> {
    this.#template = (await this.#parts.settings()).proxy ?? '';
    const url = this.#url();
    if (url === undefined) return;
    this.#status = { kind: 'checking' };
    const { fetch, elapsed } = this.#parts;
    const began = elapsed();
    try {
      const response = await fetch(url, { method: 'OPTIONS', credentials: 'omit' });
      await response.body?.cancel();
      // Other proxies than ours do not say what they are; on the page's own server anything else is a file server.
      const isProxy = response.headers.has('x-drydock-proxy') || !this.isOwn;
      const milliseconds = Math.round(elapsed() - began);
      this.#status = isProxy ? { kind: 'ready', milliseconds } : { kind: 'missing' };
    } catch {
      this.#status = { kind: 'missing' };
    }
  }

  #url(): string | undefined {
    if (this.#template === '' || this.problemOf(this.#template) !== undefined) return undefined;
    return proxiedUrl(this.#template, NOBODY, this.#parts.pageUrl);
  }
}
