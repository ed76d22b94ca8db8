import { actions } from './en/actions';
import { common } from './en/common';
import { config } from './en/config';
import { console } from './en/console';
import { errors } from './en/errors';
import { explorer } from './en/explorer';
import { history } from './en/history';
import { library } from './en/library';
import { login } from './en/login';
import { palette } from './en/palette';
import { pull } from './en/pull';
import { settings } from './en/settings';
import { shell } from './en/shell';

/**
 * Every visible string, one file a domain and language. English is the source and its type is the contract: another language
 * that lacks a string, or has one too many, does not compile. Strings with parts are functions, so that word order is the language's own.
 */
export const en = {
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
  settings,
  shell,
};

export type Messages = typeof en;

/** A language's strings for one domain: the same keys, functions of the same parts. */
export type Translation<T> = {
  readonly [Key in keyof T]: T[Key] extends (...parts: infer Parts) => string
    ? (...parts: Parts) => string
    : string;
};
