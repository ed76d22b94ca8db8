import { parseReference, familiarReference, withDefaultTag } from '../../oci/reference';
import type { App } from '../app.svelte';
import { LANGUAGE_NAMES } from '../language-names';
import { viewCommand } from '../explorer/view-command';
import { rowKey, type LibraryRow } from '../library/library-row';
import { wordOf } from '../library/row-words';
import { keptQuery } from '../route';
import { pullHash } from '../registry/pull-route';
import { LANGUAGES, THEMES, type Theme } from '../settings.svelte';
import { imageActionItems, imageItems, selectionItems } from './image-items';
import type { PaletteContext, PaletteItem, UngroupedItem } from './palette-item';

/** All that can be done now but what depends on a query, in the order that it is shown without one. */
export function paletteItems(app: App, copy: PaletteContext['copy']): readonly PaletteItem[] {
  const context = paletteContext(app, copy);
  return [
    ...openImageItems(context),
    ...selectionItems(context),
    ...actionItems(app),
    ...imageItems(context),
    ...goToItems(app),
  ];
}

/** The app as the items need it. */
export function paletteContext(app: App, copy: PaletteContext['copy']): PaletteContext {
  const { actions, i18n, images, router, selection } = app;
  const runInConsole = (line: string): void => app.runInConsole(line);
  return { actions, i18n, images, router, selection, runInConsole, copy };
}

/** Pulls what the query names, where it is a reference and no image here is called that. */
export function pullItems(
  { i18n, images, router }: Pick<PaletteContext, 'i18n' | 'images' | 'router'>,
  text: string,
): PaletteItem[] {
  const reference = text.length < 2 ? undefined : parsedReference(text);
  if (!reference) return [];
  const name = familiarReference(withDefaultTag(reference));
  if (images.all.some(({ names }) => names.some((each) => each.text === name))) return [];
  return [
    {
      key: 'pull-query',
      group: 'goTo',
      icon: 'pull',
      text: i18n.texts.palette.pull(text),
      hint: 'docker pull',
      mono: 'hint',
      run: () => router.go(pullHash(reference)),
    },
  ];
}

function parsedReference(text: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(text);
  } catch {
    return undefined;
  }
}

function openImageItems(context: PaletteContext): PaletteItem[] {
  const { route } = context.router;
  if (route.page !== 'image') return [];
  const key = rowKey({ imageId: route.imageId, archive: route.query.get('archive') });
  const row = context.images.all.find((each) => each.key === key);
  if (!row) return [];
  return [...imageActionItems(context, row, keptQuery(route.query)), ...viewItems(context, row)];
}

/** The command of the view that is open: as in its head, which has no room for it on a phone. */
function viewItems({ copy, i18n, router }: PaletteContext, row: LibraryRow): PaletteItem[] {
  const { route } = router;
  if (route.page !== 'image' || !row.isStored) return [];
  const { query, tab } = route;
  const command = viewCommand({ origin: 'stored', word: wordOf(row), tab, query });
  if (command === undefined) return [];
  return [
    {
      key: 'image-copy-command',
      group: 'image',
      icon: 'copy',
      text: i18n.texts.palette.copyCommand,
      hint: command,
      mono: 'hint',
      run: () => copy(command),
    },
  ];
}

function actionItems(app: App): PaletteItem[] {
  const { palette, shell } = app.i18n.texts;
  const open: UngroupedItem = {
    key: 'open',
    icon: 'folder-open',
    text: shell.openArchive,
    hint: 'docker load',
    mono: 'hint',
    run: () => app.picker.open(),
  };
  const sample: UngroupedItem = {
    key: 'sample',
    icon: 'package',
    text: palette.sample,
    run: () => void app.openSample(),
  };
  const items = [
    open,
    ...cancelItems(app),
    sample,
    pruneItem(app),
    ...commandItems(app),
    ...themeItems(app),
    ...languageItems(app),
  ];
  return items.map((item) => ({ ...item, group: 'actions' }));
}

function cancelItems({ i18n, tasks }: App): UngroupedItem[] {
  return tasks.running.map((task) => ({
    key: `cancel-${task.id}`,
    icon: 'close',
    text: i18n.texts.palette.cancelTask(task.subject),
    run: () => task.cancel(),
  }));
}

function pruneItem({ actions, i18n }: App): UngroupedItem {
  return {
    key: 'prune',
    icon: 'trash',
    text: i18n.texts.library.pruneMore,
    hint: 'docker image prune',
    mono: 'hint',
    run: () => actions.openPrune(),
  };
}

function commandItems(app: App): UngroupedItem[] {
  const { library, palette } = app.i18n.texts;
  const commands = [
    { key: 'verify', icon: 'verified', text: library.verifyAll, hint: 'drydock verify' },
    { key: 'list', icon: 'console', text: palette.listImages, hint: 'docker image ls' },
  ] as const;
  return commands.map((command) => ({
    ...command,
    mono: 'hint',
    run: () => app.runInConsole(command.hint),
  }));
}

function themeItems(app: App): UngroupedItem[] {
  return THEMES.filter((theme) => theme !== app.settings.theme).map((theme) => ({
    key: `theme-${theme}`,
    icon: 'settings',
    text: app.i18n.texts.palette.theme(themeName(app, theme)),
    run: () => void app.settings.setTheme(theme),
  }));
}

function languageItems(app: App): UngroupedItem[] {
  return LANGUAGES.filter((language) => language !== app.settings.language).map((language) => ({
    key: `language-${language}`,
    icon: 'settings',
    text: app.i18n.texts.palette.language(LANGUAGE_NAMES[language]),
    run: () => void app.setLanguage(language),
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
