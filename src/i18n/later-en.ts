import { actions } from './en/actions';
import { config } from './en/config';
import { console } from './en/console';
import { errors } from './en/errors';
import { explorer } from './en/explorer';
import { history } from './en/history';
import { login } from './en/login';
import { palette } from './en/palette';
import { pull } from './en/pull';
import { remote } from './en/remote';
import { settings } from './en/settings';

/** What the screens and dialogs say that are not the first. Fetched with the first of them. */
export const laterEn = {
  actions,
  config,
  console,
  errors,
  explorer,
  history,
  login,
  palette,
  pull,
  remote,
  settings,
};
