import { common } from './en/common';
import { library } from './en/library';
import { shell } from './en/shell';
import type { laterEn } from './later-en';

/** What the first screen says. English is the source and its type is the contract: see `Messages`. */
export const firstEn = { common, library, shell };

/**
 * Every visible string, one file a domain and language. Another language that lacks a string of English, or has one too many, does not
 * compile. Strings with parts are functions, so that word order is the language's own.
 */
export type Messages = typeof firstEn & typeof laterEn;

/** A language's strings for one domain: the same keys, functions of the same parts. */
export type Translation<T> = {
  readonly [Key in keyof T]: T[Key] extends (...parts: infer Parts) => string
    ? (...parts: Parts) => string
    : string;
};
