import { humanSize } from '../../base/human-size';
import type { Digest } from '../../oci/digest';
import { canAct, canPush } from '../library/image-selection.svelte';
import type { LibraryRow } from '../library/library-row';
import { shortNameOf } from '../library/row-words';
import { IMAGE_TABS, imageHash, type ImageTab } from '../route';
import type { PaletteContext, PaletteItem, UngroupedItem } from './palette-item';

/** What can be done with one image. `query` is kept in the address of its tabs. */
export function imageActionItems(
  context: PaletteContext,
  row: LibraryRow,
  query: ReadonlyMap<string, string> = new Map(),
): PaletteItem[] {
  const { imageId } = row;
  if (imageId === undefined) return [];
  const items = [
    ...(canAct(row) ? commandItems(context, row, imageId) : []),
    ...copyItems(context, row, imageId),
    ...tabItems(context, imageId, query),
  ];
  return items.map((item) => ({ ...item, key: `image-${item.key}`, group: 'image' }));
}

function commandItems(context: PaletteContext, row: LibraryRow, imageId: Digest): UngroupedItem[] {
  const { actions, i18n, runInConsole } = context;
  const { palette } = i18n.texts;
  const inConsole = (
    item: Pick<PaletteItem, 'key' | 'icon' | 'text'>,
    hint: string,
  ): UngroupedItem => ({
    ...item,
    hint,
    mono: 'hint',
    run: () => runInConsole(`${hint} ${row.names[0]?.text ?? imageId}`),
  });
  return [
    inConsole({ key: 'verify', icon: 'verified', text: palette.verify }, 'drydock verify'),
    ...ACTIONS.map(({ kind, icon, hint }): UngroupedItem => ({
      key: kind,
      icon,
      text: palette[kind],
      hint,
      mono: 'hint',
      run: () => actions.open(kind, [row]),
    })),
    ...(canPush(row) ? [pushItem(context, row)] : []),
    inConsole({ key: 'inspect', icon: 'console', text: palette.inspect }, 'docker image inspect'),
  ];
}

function pushItem({ actions, i18n }: PaletteContext, row: LibraryRow): UngroupedItem {
  return {
    key: 'push',
    icon: 'push',
    text: i18n.texts.palette.push,
    hint: 'docker push',
    mono: 'hint',
    run: () => actions.openPush(row),
  };
}

function copyItems(
  { i18n, copy }: PaletteContext,
  { names }: LibraryRow,
  imageId: Digest,
): UngroupedItem[] {
  const { palette } = i18n.texts;
  const name = names[0]?.text;
  const copying = (key: string, text: string, copied: string): UngroupedItem => ({
    key,
    icon: 'copy',
    text,
    run: () => copy(copied),
  });
  return [
    ...(name === undefined ? [] : [copying('copy-name', palette.copyName, name)]),
    copying('copy-id', palette.copyId, imageId),
  ];
}

function tabItems(
  { i18n, router }: PaletteContext,
  imageId: Digest,
  query: ReadonlyMap<string, string>,
): UngroupedItem[] {
  const { explorer, palette } = i18n.texts;
  return IMAGE_TABS.map((tab) => ({
    key: tab,
    icon: TAB_ICONS[tab],
    text: palette.tab(explorer[tab]),
    run: () => router.go(imageHash(imageId, tab, query)),
  }));
}

const ACTIONS = [
  { kind: 'save', icon: 'disk', hint: 'docker save' },
  { kind: 'tag', icon: 'tag', hint: 'docker tag' },
  { kind: 'remove', icon: 'trash', hint: 'docker rmi' },
] as const;

const TAB_ICONS = { files: 'file', history: 'clock', config: 'info' } as const satisfies Record<
  ImageTab,
  PaletteItem['icon']
>;

/** What can be done with the images that are chosen in the list. */
export function selectionItems({ actions, i18n, selection }: PaletteContext): PaletteItem[] {
  const { rows } = selection;
  if (rows.length === 0) return [];
  const { palette } = i18n.texts;
  const texts = {
    save: palette.saveSelected(rows.length),
    tag: palette.tagSelected(rows.length),
    remove: palette.removeSelected(rows.length),
  };
  return ACTIONS.map(({ kind, icon, hint }) => ({
    key: `selected-${kind}`,
    group: 'selection',
    icon,
    text: texts[kind],
    hint,
    mono: 'hint',
    run: () => actions.open(kind, rows),
  }));
}

/** The images of the list, one item a name. */
export function imageItems(context: PaletteContext): PaletteItem[] {
  return context.images.all.flatMap((row) => namedItems(context, row));
}

function namedItems({ i18n, router }: PaletteContext, row: LibraryRow): PaletteItem[] {
  const { href, names, shortId, size } = row;
  if (href === undefined) return [];
  const base = {
    group: 'images',
    icon: 'images',
    row,
    run: () => router.go(href),
    ...(size === undefined ? {} : { hint: humanSize(size) }),
  } as const;
  if (names.length === 0) {
    return [{ ...base, key: row.key, text: i18n.texts.palette.untagged(shortId) }];
  }
  return names.map(({ path, repository, tag, text }) => ({
    ...base,
    key: text,
    prefix: path,
    text: tag === '' ? repository : `${repository}:${tag}`,
  }));
}

/** Image IDs and layer digests of the images of the list, each once. */
export function digestItems({ i18n, images, router }: PaletteContext): PaletteItem[] {
  const items = new Map<string, PaletteItem>();
  const add = (digest: string, { href, ...rest }: DigestFacts): void => {
    if (href === undefined || items.has(digest)) return;
    const run = (): void => router.go(href);
    items.set(digest, { key: digest, group: 'digests', text: digest, mono: 'text', run, ...rest });
  };
  for (const row of images.all) {
    const { imageId, href } = row;
    if (imageId !== undefined) add(imageId, { href, icon: 'images', hint: shortNameOf(row), row });
  }
  for (const row of images.all) {
    for (const [position, { digest }] of row.layers.entries()) {
      // Layers of several platforms stand one behind the other: which is which, is not known here.
      const only = row.platforms.filter(({ href }) => href !== undefined).length === 1;
      const href =
        only && row.imageId !== undefined
          ? imageHash(row.imageId, 'files', new Map([['layer', String(position)]]))
          : row.href;
      const hint = i18n.texts.palette.layerOf(shortNameOf(row));
      add(digest, { href, icon: 'storage', hint });
    }
  }
  return [...items.values()];
}

interface DigestFacts extends Pick<PaletteItem, 'icon' | 'hint' | 'row'> {
  readonly href: string | undefined;
}
