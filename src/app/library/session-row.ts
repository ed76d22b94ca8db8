import { shortDigest, type Digest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import type { SessionImage } from '../image/archive-session';
import { imageName } from './image-name';
import { rowKey, type ImageState, type LibraryRow } from './library-row';
import { imageHash } from '../route';
import type { Task } from '../tasks.svelte';

/** The row of an archive of which nothing is known but its name. */
export function unreadRow(task: Task, state: ImageState): LibraryRow {
  return {
    key: `task-${task.id}`,
    names: [],
    isStored: false,
    shortId: '',
    platforms: [],
    layers: [],
    state,
    searched: task.subject.toLowerCase(),
  };
}

/**
 * The rows of an open archive's images, in its order. An image of docker 1.9 and older has none before it is loaded. With a name for the
 * archive they stand for themselves, beside what is stored; without one an image that is loaded again keeps its row.
 */
export function sessionRows(
  images: readonly SessionImage[],
  state: ImageState,
  archive?: string,
): readonly LibraryRow[] {
  const query = new Map(archive === undefined ? [] : [['archive', archive]]);
  const hrefOf = (imageId: Digest): string => imageHash(imageId, 'files', query);
  return images.flatMap(({ absent, platforms }) => {
    const [shown] = platforms;
    if (!shown) return [];
    const { imageId, config, names } = shown;
    const created = config.created === undefined ? Number.NaN : Date.parse(config.created);
    const row: LibraryRow = {
      key: rowKey({ imageId, archive }),
      names: names.map(imageName),
      imageId,
      isStored: false,
      shortId: shortDigest(imageId),
      href: hrefOf(imageId),
      platforms: [
        ...platforms.map((platform) => ({
          text: formatPlatform(platform.config.platform),
          href: hrefOf(platform.imageId),
        })),
        ...absent.map(({ platform }) => ({ text: formatPlatform(platform) })),
      ],
      layers: [],
      state,
      searched: [...names, imageId].join('\n').toLowerCase(),
      ...(Number.isNaN(created) ? {} : { created }),
    };
    return [row];
  });
}
