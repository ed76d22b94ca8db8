import type { ImageSource } from '../image/image-source';
import { formatPlatform } from '../../oci/platform';
import { imageName } from './image-name';
import { canAct } from './image-selection.svelte';
import type { LibraryRow } from './library-row';

/**
 * The row of the image that is open: that of its own ID, or where it is another platform than the one that is listed, the one that has this
 * platform, too. Several may have the same: then the one of its names.
 */
export function openRow(
  rows: readonly LibraryRow[],
  { imageId, descriptor, names }: Pick<ImageSource, 'imageId' | 'descriptor' | 'names'>,
): LibraryRow | undefined {
  const own = rows.find((row) => canAct(row) && row.imageId === imageId);
  if (own) return own;
  const found = rows.filter((row) => canAct(row) && row.digests?.has(descriptor.digest));
  const called = new Set(names.map((name) => imageName(name).text));
  const named = found.find((row) => row.names.some(({ text }) => called.has(text)));
  return named ?? (found.length === 1 ? found[0] : undefined);
}

/** The platform that is open, where it is another than the one that the row is listed under. */
export function otherPlatform(
  row: LibraryRow,
  { imageId, config }: Pick<ImageSource, 'imageId' | 'config'>,
): string | undefined {
  return row.imageId === imageId ? undefined : formatPlatform(config.platform);
}
