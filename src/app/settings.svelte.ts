import {
  DEFAULT_PLATFORM,
  formatPlatform,
  parsePlatformText,
  type Platform,
} from '../oci/platform';
import type { SettingsStore } from '../store/index-store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

const THEME = 'ui.theme';
const LANGUAGE = 'ui.language';
const PLATFORM = 'image.platform';
const WRAP = 'console.wrap';

/** What the user chose, kept in the store. Read once, before the first screen is drawn. */
export class Settings {
  #theme = $state<Theme>('system');
  #language = $state<Language>('en');
  #platform = $state.raw<Platform>(DEFAULT_PLATFORM);
  #wrapsOutput = $state(false);
  readonly #store: SettingsStore;

  private constructor(store: SettingsStore) {
    this.#store = store;
  }

  /** The settings as they are stored; what is not one of the choices counts as not chosen. */
  static async read(store: SettingsStore, preferred: readonly string[]): Promise<Settings> {
    const settings = new Settings(store);
    const [theme, language, platform, wrap] = await Promise.all([
      store.get(THEME),
      store.get(LANGUAGE),
      store.get(PLATFORM),
      store.get(WRAP),
    ]);
    settings.#theme = THEMES.find((choice) => choice === theme) ?? 'system';
    settings.#language =
      LANGUAGES.find((choice) => choice === language) ?? preferredLanguage(preferred);
    settings.#platform =
      (typeof platform === 'string' ? parsePlatformText(platform) : undefined) ?? DEFAULT_PLATFORM;
    settings.#wrapsOutput = wrap === true;
    return settings;
  }

  get theme(): Theme {
    return this.#theme;
  }

  get language(): Language {
    return this.#language;
  }

  /** The platform shown where nobody names one. */
  get platform(): Platform {
    return this.#platform;
  }

  /** As `--platform` takes it. */
  get platformText(): string {
    return formatPlatform(this.#platform);
  }

  /** Long lines of the console go on in the next one; they are scrolled otherwise. */
  get wrapsOutput(): boolean {
    return this.#wrapsOutput;
  }

  async setWrapsOutput(wraps: boolean): Promise<void> {
    this.#wrapsOutput = wraps;
    await this.#store.set(WRAP, wraps);
  }

  async setTheme(theme: Theme): Promise<void> {
    this.#theme = theme;
    await this.#store.set(THEME, theme);
  }

  async setLanguage(language: Language): Promise<void> {
    this.#language = language;
    await this.#store.set(LANGUAGE, language);
  }

  /** Ignores what is no platform. */
  async setPlatform(text: string): Promise<void> {
    const platform = parsePlatformText(text);
    if (!platform) return;
    this.#platform = platform;
    await this.#store.set(PLATFORM, formatPlatform(platform));
  }
}

/** The first language of the browser's that there is. */
function preferredLanguage(preferred: readonly string[]): Language {
  const known = preferred.find((tag) => /^(en|zh)\b/i.test(tag));
  return known?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
