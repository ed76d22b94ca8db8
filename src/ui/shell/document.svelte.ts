import type { App } from '../../app/app.svelte';

/** Keeps the document's title, language and theme as the app has them. Called once, while the shell is set up. */
export function followDocument(app: App): void {
  $effect(() => {
    document.title = `${pageTitle(app)} · ${app.i18n.first.common.appName}`;
  });
  $effect(() => {
    document.documentElement.lang = app.i18n.language;
  });
  $effect(() => {
    const { theme } = app.settings;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  });
}

/** What the tab shows, in a few words. */
function pageTitle({ router: { route }, library, loads, i18n }: App): string {
  switch (route.page) {
    case 'images':
    case 'pull':
    case 'console':
    case 'settings':
      return i18n.first.shell[route.page];
    case 'remote':
      return route.query.get('ref') ?? i18n.first.shell.pull;
    case 'unknown':
      return i18n.first.shell.notFoundTitle;
    case 'image': {
      const rows = [...library.rows, ...loads.rows];
      const row =
        rows.find(({ imageId }) => imageId === route.imageId) ??
        rows.find(({ digests }) => digests?.has(route.imageId));
      return row?.names[0]?.text ?? row?.shortId ?? i18n.first.shell.images;
    }
  }
}
