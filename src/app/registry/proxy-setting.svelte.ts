import { isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { isCutOff } from '../../registry/http/cut-off';
import { insecureProxy, isMixedContent } from '../../registry/http/mixed-content';
import { DEFAULT_PROXY, proxiedUrl } from '../../registry/http/proxy-template';
import type { RegistrySettings } from '../../registry/registry-settings';
import type { Fetch } from '../../registry/http/transport';

/** A name that can have no address: nobody is asked. */
const NOBODY = 'https://drydock.invalid/';

export type ProxyStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'untested' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'ready'; readonly milliseconds: number }
  /** Nobody answers under its address, or something that is no proxy. */
  | { readonly kind: 'missing' }
  /** The browser has no network. */
  | { readonly kind: 'offline' };

export interface ProxySettingParts {
  /** Read when they are first needed. */
  readonly settings: () => Promise<Pick<RegistrySettings, 'proxy' | 'setProxy'>>;
  readonly fetch: Fetch;
  readonly isOnline: () => boolean;
  /** The URL of this page, which a relative template is relative to. */
  readonly pageUrl: string;
  /** Milliseconds, of a clock that never goes back. */
  readonly elapsed: () => number;
}

/** The proxy by which registries are reached that let no page in: its URL template, and whether somebody answers there. */
export class ProxySetting {
  #template = $state(DEFAULT_PROXY);
  /** By template. */
  #statuses = $state.raw<ReadonlyMap<string, ProxyStatus>>(new Map());
  readonly #parts: ProxySettingParts;

  constructor(parts: ProxySettingParts) {
    this.#parts = parts;
  }

  /** Empty where there is to be none; as it is set once `check` was called. */
  get template(): string {
    return this.#template;
  }

  /** Of the one that is set. */
  get status(): ProxyStatus {
    return this.statusOf(this.#template);
  }

  /** Whether it is on the page's own server. */
  get isOwn(): boolean {
    return this.#isOwn(this.#url(this.#template));
  }

  /** What is known of a template, as it is typed. */
  statusOf(template: string): ProxyStatus {
    const typed = template.trim();
    return typed === '' ? { kind: 'off' } : (this.#statuses.get(typed) ?? { kind: 'untested' });
  }

  /** What to say where no proxy answers; undefined where one does, or it is not known. */
  failureOf(template: string): ErrorRecord | undefined {
    const shown = template.trim();
    switch (this.statusOf(template).kind) {
      case 'missing': {
        const message = `No proxy answers under "${shown}"; most registries let no web page in without one.`;
        return { code: 'not-a-proxy', message, detail: { proxy: shown } };
      }
      case 'offline':
        return {
          code: 'offline',
          message: 'The browser is offline, so no registry can be reached.',
          detail: {},
        };
      default:
        return undefined;
    }
  }

  /** What is wrong with a template as it is typed; undefined where nothing is. */
  problemOf(template: string): ErrorRecord | undefined {
    if (template.trim() === '') return undefined;
    const { pageUrl } = this.#parts;
    try {
      const url = proxiedUrl(template.trim(), NOBODY, pageUrl);
      return isMixedContent(url, pageUrl)
        ? toErrorRecord(insecureProxy(template.trim()))
        : undefined;
    } catch (error) {
      if (!isCoded(error)) throw error;
      return toErrorRecord(error);
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

  /** Reads which proxy is set, and tests it. Nothing rejects. */
  async check(): Promise<void> {
    this.#template = (await this.#parts.settings()).proxy ?? '';
    await this.test(this.#template);
  }

  /** Asks the proxy of a template, set or not, what it can do, which it answers by itself. Nothing rejects. */
  async test(template: string): Promise<void> {
    const typed = template.trim();
    const url = this.#url(typed);
    if (url === undefined) return;
    this.#tell(typed, { kind: 'checking' });
    this.#tell(typed, await this.#ask(url));
  }

  async #ask(url: string): Promise<ProxyStatus> {
    const { fetch, elapsed } = this.#parts;
    const began = elapsed();
    try {
      const response = await fetch(url, { method: 'OPTIONS', credentials: 'omit' });
      await response.body?.cancel();
      // Other proxies than ours do not say what they are; on the page's own server anything else is a file server.
      const isProxy = response.headers.has('x-drydock-proxy') || !this.#isOwn(url);
      const milliseconds = Math.round(elapsed() - began);
      return isProxy ? { kind: 'ready', milliseconds } : { kind: 'missing' };
    } catch {
      const isOffline = await isCutOff(new URL(url).host, this.#parts);
      return { kind: isOffline ? 'offline' : 'missing' };
    }
  }

  #tell(template: string, status: ProxyStatus): void {
    this.#statuses = new Map(this.#statuses).set(template, status);
  }

  #isOwn(url: string = NOBODY): boolean {
    return new URL(url).origin === new URL(this.#parts.pageUrl).origin;
  }

  #url(template: string): string | undefined {
    if (template === '' || this.problemOf(template) !== undefined) return undefined;
    return proxiedUrl(template, NOBODY, this.#parts.pageUrl);
  }
}
