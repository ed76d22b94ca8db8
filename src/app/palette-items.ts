import { humanSize } from '../base/human-size';
import type { App } from './app.svelte';
import type { LibraryRow } from './library-row';
import { LANGUAGES, THEMES, type Language, type Theme } from './settings.svelte';

export type PaletteGroup = 'actions' | 'images' | 'goTo';

/** Something that the palette can do. */
export interface PaletteItem {
  readonly key: string;
  readonly group: PaletteGroup;
  readonly icon:
    'folder-open' | 'package' | 'verified' | 'console' | 'settings' | 'images' | 'pull' | 'close';
  /** Stands before the text, less loudly: a registry. */
  readonly prefix?: string;
  readonly text: string;
  /** At the end of the line: a command, a size. */
  readonly hint?: string;
  run(): void;
}

const MOST_IMAGES = 50;

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
};

/** All that can be done now, in the order that it is shown without a query. */
export function paletteItems(app: App): readonly PaletteItem[] {
  return [...actionItems(app), ...imageItems(app), ...goToItems(app)];
}

/** Those in which every word of the query occurs, those that begin with it first. */
export function matchingItems(items: readonly PaletteItem[], query: string): PaletteItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ''] = words;
  const found = items.filter((item) => {
    const text = searchedText(item);
    return words.every((word) => text.includes(word));
  });
  const begins = (item: PaletteItem): boolean => item.text.toLowerCase().startsWith(first);
  let images = 0;
  return GROUPS.flatMap((group) => {
    const members = found.filter((item) => item.group === group);
    return [...members.filter(begins), ...members.filter((item) => !begins(item))];
  }).filter(({ group }) => group !== 'images' || images++ < MOST_IMAGES);
}

const GROUPS: readonly PaletteGroup[] = ['actions', 'images', 'goTo'];

function searchedText({ prefix = '', text, hint = '' }: PaletteItem): string {
  return `${prefix}${text} ${hint}`.toLowerCase();
}

function actionItems(app: App): PaletteItem[] {
  const { palette, shell } = app.i18n.texts;
  const action = (item: Omit<PaletteItem, 'group'>): PaletteItem => ({ ...item, group: 'actions' });
  const inConsole = (key: string, text: string, command: string): PaletteItem =>
    action({ key, icon: 'console', text, hint: command, run: () => app.runInConsole(command) });
  return [
    action({
      key: 'open',
      icon: 'folder-open',
      text: shell.openArchive,
      hint: 'docker load',
      run: () => app.picker.open(),
    }),
    ...app.tasks.running.map((task) =>
      action({
        key: `cancel-${task.id}`,
        icon: 'close',
        text: palette.cancelTask(task.subject),
        run: () => task.cancel(),
      }),
    ),
    action({
      key: 'sample',
      icon: 'package',
      text: palette.sample,
      run: () => void app.openSample(),
    }),
    { ...inConsole('verify', palette.verifyAll, 'drydock verify'), icon: 'verified' },
    inConsole('list', palette.listImages, 'docker image ls'),
    ...THEMES.filter((theme) => theme !== app.settings.theme).map((theme) =>
      action({
        key: `theme-${theme}`,
        icon: 'settings',
        text: palette.theme(themeName(app, theme)),
        run: () => void app.settings.setTheme(theme),
      }),
    ),
    ...LANGUAGES.filter((language) => language !== app.settings.language).map((language) =>
      action({
        key: `language-${language}`,
        icon: 'settings',
        text: palette.language(LANGUAGE_NAMES[language]),
        run: () => void app.setLanguage(language),
      }),
    ),
  ];
}

function imageItems(app: App): PaletteItem[] {
  return app.images.all.flatMap((row) => namedItems(app, row));
}

function namedItems(app: App, row: LibraryRow): PaletteItem[] {
  const { href, names, shortId, size } = row;
  if (href === undefined) return [];
  const base = {
    group: 'images',
    icon: 'images',
    run: () => app.router.go(href),
    ...(size === undefined ? {} : { hint: humanSize(size) }),
  } as const;
  if (names.length === 0) {
    return [{ ...base, key: row.key, text: app.i18n.texts.palette.untagged(shortId) }];
  }
  return names.map(({ path, repository, tag, text }) => ({
    ...base,
    key: text,
    prefix: path,
    text: tag === '' ? repository : `${repository}:${tag}`,
  }));
}

function goToItems(app: App): PaletteItem[] {
  const { palette, shell } = app.i18n.texts;
  return (['images', 'pull', 'console', 'settings'] as const).map((page) => ({
    key: page,
    group: 'goTo',
    icon: page,
    text: palette.goTo(shell[page]),
    run: () => app.router.go(`#/${page}`),
  }));
}

function themeName(app: App, theme: Theme): string {
  const { settings } = app.i18n.texts;
  return { system: settings.themeSystem, light: settings.themeLight, dark: settings.themeDark }[
    theme
  ];
}
