import type { Digest } from '../../oci/digest';
import { summaryOf, type ListedImage } from '../image-list';
import { LayerStacks } from './layer-stacks';

/** One thing that a removal does. */
export type DraftStep =
  | { readonly kind: 'untagged'; readonly name: string }
  | { readonly kind: 'image-deleted'; readonly digest: Digest }
  /** Of an image that stays; by the digest of its manifest. */
  | { readonly kind: 'platform-deleted'; readonly digest: Digest }
  | {
      readonly kind: 'layer-deleted';
      /** The layer's own and those of the layers below it, base first. */
      readonly diffIds: readonly Digest[];
      /** Bytes of file content. */
      readonly unpackedSize: number;
    };

export function untaggedSteps(names: readonly string[]): readonly DraftStep[] {
  return names.map((name) => ({ kind: 'untagged', name }));
}

/** What goes with an image: its IDs, one a platform, and from the top the layers that no platform which is left stands on. */
export function deletedSteps(
  { shown, roots }: ListedImage,
  left: LayerStacks,
): readonly DraftStep[] {
  const others = roots.flatMap((root) => summaryOf(root).platforms);
  const going = [...new Map([shown, ...others].map((each) => [each.imageId, each])).values()];
  // What goes later still stands on its layers.
  const later = new LayerStacks();
  for (const platform of going) later.add(platform);
  return going.flatMap((platform): readonly DraftStep[] => {
    const { imageId, layers } = platform;
    later.remove(platform);
    if (left.has(imageId)) return [];
    const diffIds = layers.map((layer) => layer.diffId);
    const kept = Math.max(left.sharedDepth(diffIds), later.sharedDepth(diffIds));
    const deleted = layers.slice(kept).map(({ unpackedSize }, above): DraftStep => ({
      kind: 'layer-deleted',
      diffIds: diffIds.slice(0, kept + above + 1),
      unpackedSize,
    }));
    return [{ kind: 'image-deleted', digest: imageId }, ...deleted.reverse()];
  });
}
