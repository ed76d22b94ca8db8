import type { Language } from './settings.svelte';

/** Each in its own words, for those who read no other. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
};
