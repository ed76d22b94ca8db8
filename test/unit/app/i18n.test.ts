import { describe, expect, it } from 'vitest';
import { I18n } from '../../../src/app/i18n.svelte';
import { firstEn } from '../../../src/i18n/messages';
import { laterEn } from '../../../src/i18n/later-en';
import { zhCn } from '../../../src/i18n/zh-cn';

describe('the strings of the app', () => {
  it('are those of the first screen from the start, and no others', () => {
    const i18n = new I18n();
    expect(i18n.first).toEqual(firstEn);
    expect(() => i18n.texts).toThrow(RangeError);
  });

  it('are all there with what was fetched by their side', async () => {
    const i18n = new I18n();
    expect(await i18n.withTexts(Promise.resolve('a screen'))).toBe('a screen');
    expect(i18n.texts).toEqual({ ...firstEn, ...laterEn });
  });

  it('change as a whole with the language, and back', async () => {
    const i18n = new I18n();
    await i18n.use('zh-CN');
    expect([i18n.first, i18n.texts, i18n.language]).toEqual([zhCn, zhCn, 'zh-CN']);
    await i18n.use('en');
    expect([i18n.texts, i18n.language]).toEqual([{ ...firstEn, ...laterEn }, 'en']);
  });
});
