import { firstEn, type Messages, type Translation } from '../i18n/messages';
import type { Language } from './settings.svelte';

type TextsOf<Domains extends keyof Messages> = {
  readonly [Domain in Domains]: Translation<Messages[Domain]>;
};
type FirstTexts = TextsOf<keyof typeof firstEn>;
type LaterTexts = TextsOf<Exclude<keyof Messages, keyof typeof firstEn>>;

export type Texts = FirstTexts & LaterTexts;

/**
 * The strings of the chosen language. English of the first screen is there from the start; the rest comes with the first screen or dialog
 * that awaits `complete`, another language whole when it is chosen.
 */
export class I18n {
  #first = $state.raw<FirstTexts>(firstEn);
  #later = $state.raw<LaterTexts | undefined>(undefined);
  #language = $state<Language>('en');
  #completing: Promise<void> | undefined;
  readonly texts: Texts;

  constructor() {
    const first = (): FirstTexts => this.#first;
    const later = (): LaterTexts => this.#needLater();
    this.texts = {
      get common() {
        return first().common;
      },
      get library() {
        return first().library;
      },
      get shell() {
        return first().shell;
      },
      get actions() {
        return later().actions;
      },
      get config() {
        return later().config;
      },
      get console() {
        return later().console;
      },
      get errors() {
        return later().errors;
      },
      get explorer() {
        return later().explorer;
      },
      get history() {
        return later().history;
      },
      get login() {
        return later().login;
      },
      get palette() {
        return later().palette;
      },
      get pull() {
        return later().pull;
      },
      get remote() {
        return later().remote;
      },
      get settings() {
        return later().settings;
      },
    };
  }

  /** A BCP 47 tag, for the document and for number formats. */
  get language(): Language {
    return this.#language;
  }

  /** Resolves once the strings of every screen are there. */
  complete(): Promise<void> {
    return (this.#completing ??= this.#complete());
  }

  /** Resolves once the strings are there. A language that cannot be fetched leaves the present one. */
  async use(language: Language): Promise<void> {
    if (language === 'zh-CN') {
      const { zhCn } = await import('../i18n/zh-cn');
      this.#first = zhCn;
      this.#later = zhCn;
    } else {
      // Before anything else was shown, the first screen's are enough.
      const later = this.#later && (await import('../i18n/later-en')).laterEn;
      this.#first = firstEn;
      this.#later = later;
    }
    this.#language = language;
  }

  async #complete(): Promise<void> {
    if (this.#later) return;
    this.#later = (await import('../i18n/later-en')).laterEn;
  }

  #needLater(): LaterTexts {
    if (!this.#later) throw new RangeError('A screen shows itself before its strings are there.');
    return this.#later;
  }
}
