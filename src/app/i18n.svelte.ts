import { firstEn, type Messages, type Translation } from '../i18n/messages';
import type { Language } from './settings.svelte';

type TextsOf<Domains extends keyof Messages> = {
  readonly [Domain in Domains]: Translation<Messages[Domain]>;
};
export type FirstTexts = TextsOf<keyof typeof firstEn>;
export type Texts = TextsOf<keyof Messages>;

/**
 * The strings of the chosen language. English of the first screen is there from the start; the rest comes with the first screen or dialog
 * that is shown by `withTexts`, another language whole when it is chosen.
 */
export class I18n {
  #first = $state.raw<FirstTexts>(firstEn);
  #all = $state.raw<Texts>();
  #language = $state<Language>('en');
  #completing: Promise<void> | undefined;

  /** What the first screen says, and what is said from the start. */
  get first(): FirstTexts {
    return this.#first;
  }

  /** What every screen says. Throws `RangeError` before it is there: see `withTexts`. */
  get texts(): Texts {
    if (!this.#all) throw new RangeError('A screen shows itself before its strings are there.');
    return this.#all;
  }

  /** A BCP 47 tag, for the document and for number formats. */
  get language(): Language {
    return this.#language;
  }

  /** What was asked for, once the strings of every screen are there too. */
  async withTexts<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
    const [loaded] = await Promise.all([loading, this.complete()]);
    return loaded;
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
      this.#all = zhCn;
    } else {
      // Before anything else was shown, the first screen's are enough.
      this.#all &&= await allEnglish();
      this.#first = firstEn;
    }
    this.#language = language;
  }

  async #complete(): Promise<void> {
    this.#all ??= await allEnglish();
  }
}

async function allEnglish(): Promise<Texts> {
  const { laterEn } = await import('../i18n/later-en');
  return { ...firstEn, ...laterEn };
}
