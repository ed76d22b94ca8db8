import type { Messages, Translation } from './messages';
import { actions } from './zh-cn/actions';
import { common } from './zh-cn/common';
import { config } from './zh-cn/config';
import { console } from './zh-cn/console';
import { errors } from './zh-cn/errors';
import { explorer } from './zh-cn/explorer';
import { history } from './zh-cn/history';
import { library } from './zh-cn/library';
import { login } from './zh-cn/login';
import { palette } from './zh-cn/palette';
import { pull } from './zh-cn/pull';
import { remote } from './zh-cn/remote';
import { settings } from './zh-cn/settings';
import { shell } from './zh-cn/shell';

/** 简体中文. Loaded only when it is chosen. */
export const zhCn: { readonly [Domain in keyof Messages]: Translation<Messages[Domain]> } = {
  actions,
  common,
  config,
  console,
  errors,
  explorer,
  history,
  library,
  login,
  palette,
  pull,
  remote,
  settings,
  shell,
};
