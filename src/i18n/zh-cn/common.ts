import type { en, Translation } from '../messages';

export const common: Translation<typeof en.common> = {
  appName: 'Drydock',
  cancel: '取消',
  close: '关闭',
  copy: '复制',
  copied: '已复制',
};
