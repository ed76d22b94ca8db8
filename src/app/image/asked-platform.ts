import { summaryOf } from '../../image/image-list';
import type { PlatformSummary } from '../../image/image-summary';
import type { ImageRoot } from '../../store/metadata-store';
import type { AskedImage } from './image-source';

/** The platform of a stored image that is asked for; undefined where it is another's. */
export function askedPlatform(
  root: ImageRoot,
  { imageId, manifest }: AskedImage,
): PlatformSummary | undefined {
  return summaryOf(root).platforms.find(
    (each) => each.imageId === imageId && (manifest ?? each.manifest) === each.manifest,
  );
}
