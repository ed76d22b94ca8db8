import type { Digest } from '../../oci/digest';
import { titleOf, type WrittenImage } from './written-image';

/**
 * `docker`: what today's engines write, an OCI layout with manifest.json and repositories beside it, which engines since 1.10 read, and
 * podman, skopeo and containerd. `oci`: the layout alone. `legacy`: what engines before 1.10 wrote: plain layers, without the configuration.
 */
export type ArchiveType = 'docker' | 'oci' | 'legacy';

/** What a person should know of an image in an archive. `image` is its first name, or its ID. */
export type SaveNote =
  /** Layers were packed anew, so that the image has another manifest or index. Its configuration, and so its ID, is the same. */
  | { readonly kind: 'new-digest'; readonly image: string; readonly digest: Digest }
  /** Attestations are not in the archive, as they speak of a digest that changed. */
  | { readonly kind: 'no-attestations'; readonly image: string }
  /** Engines before 23.0 cannot load it. */
  | { readonly kind: 'zstd-layers'; readonly image: string }
  /** Whoever loads it makes a configuration for it, and so another ID. */
  | { readonly kind: 'new-id'; readonly image: string };

/** In the order in which they are told. */
export function notesOf(image: WrittenImage, type: ArchiveType = 'docker'): readonly SaveNote[] {
  const title = titleOf(image);
  const { target, isNew, hasLostAttachments } = image.tree;
  if (type === 'legacy') return [{ kind: 'new-id', image: title }];
  const hasZstd = image.shown.layers.some(({ compression }) => compression === 'zstd');
  return [
    ...(isNew ? [{ kind: 'new-digest', image: title, digest: target.digest } as const] : []),
    ...(hasLostAttachments ? [{ kind: 'no-attestations', image: title } as const] : []),
    ...(hasZstd && type === 'docker' ? [{ kind: 'zstd-layers', image: title } as const] : []),
  ];
}
