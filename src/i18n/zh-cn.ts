import type { Messages, Translation } from './messages';
import { common } from './zh-cn/common';

/** 简体中文. Loaded only when it is chosen. */
export const zhCn: { readonly [Domain in keyof Messages]: Translation<Messages[Domain]> } = {
  common,
};
