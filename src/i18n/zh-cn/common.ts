import type { Messages, Translation } from '../messages';

export const common: Translation<Messages['common']> = {
  appName: 'Drydock',
  cancel: '取消',
  close: '关闭',
  copy: '复制',
  copied: '已复制',
};
