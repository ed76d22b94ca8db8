import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';

/** In the order that they are shown. */
export const PALETTE_GROUPS = [
  'image',
  'selection',
  'actions',
  'images',
  'files',
  'digests',
  'goTo',
] as const;
export type PaletteGroup = (typeof PALETTE_GROUPS)[number];

/** Something that the palette can do. */
export interface PaletteItem {
  readonly key: string;
  readonly group: PaletteGroup;
  readonly icon:
    | 'clock'
    | 'close'
    | 'console'
    | 'copy'
    | 'disk'
    | 'file'
    | 'folder-open'
    | 'images'
    | 'info'
    | 'package'
    | 'pull'
    | 'push'
    | 'settings'
    | 'storage'
    | 'tag'
    | 'trash'
    | 'verified';
  /** Stands before the text, less loudly: a registry. */
  readonly prefix?: string;
  readonly text: string;
  /** At the end of the line: a command, a size. */
  readonly hint?: string;
  /** What stands in a fixed-width font: a path, a digest; a command at the end. */
  readonly mono?: 'text' | 'hint';
  /** The image that it leads to, whose actions can be asked for. */
  readonly row?: LibraryRow;
  run(): void;
}

/** An item of a list whose group goes without saying. */
export type UngroupedItem = Omit<PaletteItem, 'group'>;

/** What the palette's items do their work with. */
export type PaletteContext = Pick<
  App,
  'actions' | 'i18n' | 'router' | 'runInConsole' | 'selection'
> & {
  readonly images: Pick<App['images'], 'all'>;
  /** Puts a text on the clipboard. */
  readonly copy: (text: string) => void;
};
