import type { Digest } from '../../oci/digest';
import type { Reference } from '../../oci/reference';
import type { ImageRoot } from '../../store/metadata-store';

/** A stored image as it goes into an archive. */
export interface ImageToSave {
  readonly root: ImageRoot;
  /** With a tag each; none for an image that goes by its ID alone. */
  readonly names: readonly Reference[];
  /**
   * Digests of the manifests of the platforms to take along; without it, all that are here. One alone stands for itself, without the index that
   * it is in; of several the index stays as it is, and names platforms that are not in the archive.
   */
  readonly manifests?: readonly Digest[] | undefined;
}
