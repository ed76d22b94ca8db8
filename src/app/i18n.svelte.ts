import { en, type Messages, type Translation } from '../i18n/messages';
import type { Language } from './settings.svelte';

export type Texts = { readonly [Domain in keyof Messages]: Translation<Messages[Domain]> };

/** The strings of the chosen language. English is there from the start, another language is fetched when it is chosen. */
export class I18n {
  #texts = $state.raw<Texts>(en);
  #language = $state<Language>('en');

  get texts(): Texts {
    return this.#texts;
  }

  /** A BCP 47 tag, for the document and for number formats. */
  get language(): Language {
    return this.#language;
  }

  /** Resolves once the strings are there. A language that cannot be fetched leaves the present one. */
  async use(language: Language): Promise<void> {
    const texts = language === 'zh-CN' ? (await import('../i18n/zh-cn')).zhCn : en;
    this.#texts = texts;
    this.#language = language;
  }
}
