import { imageHash, keptQuery, type Route } from '../route';
import type { FoundFile } from './file-search.svelte';
import type { PaletteContext, PaletteItem } from './palette-item';

/** Paths of the image that is open: each leads to its place in the Files tab. */
export function fileItems(
  { i18n, router }: Pick<PaletteContext, 'i18n' | 'router'>,
  route: Extract<Route, { page: 'image' }>,
  found: readonly FoundFile[],
): PaletteItem[] {
  return found.map(({ path, layer }) => ({
    key: `/${path}`,
    group: 'files',
    icon: 'file',
    text: `/${path}`,
    hint: i18n.texts.palette.inLayer(layer),
    mono: 'text',
    run: () =>
      router.go(
        imageHash(route.imageId, 'files', new Map([...keptQuery(route.query), ['path', path]])),
      ),
  }));
}
