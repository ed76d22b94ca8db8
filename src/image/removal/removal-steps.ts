import type { Digest } from '../../oci/digest';
import { summaryOf, type ListedImage } from '../image-list';
import type { PlatformSummary } from '../image-summary';

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
  left: readonly PlatformSummary[],
): readonly DraftStep[] {
  const others = roots.flatMap((root) => summaryOf(root).platforms);
  const going = [...new Map([shown, ...others].map((each) => [each.imageId, each])).values()];
  return going.flatMap(({ imageId, layers }, index): readonly DraftStep[] => {
    const needing = [...left, ...going.slice(index + 1)];
    if (left.some((platform) => platform.imageId === imageId)) return [];
    const diffIds = layers.map((layer) => layer.diffId);
    const kept = Math.max(0, ...needing.map((platform) => sharedDepth(diffIds, platform)));
    const deleted = layers.slice(kept).map(({ unpackedSize }, above): DraftStep => ({
      kind: 'layer-deleted',
      diffIds: diffIds.slice(0, kept + above + 1),
      unpackedSize,
    }));
    return [{ kind: 'image-deleted', digest: imageId }, ...deleted.reverse()];
  });
}

/** How many layers two images have in common, from the base on. */
function sharedDepth(diffIds: readonly Digest[], { layers }: PlatformSummary): number {
  const differs = diffIds.findIndex((diffId, depth) => layers[depth]?.diffId !== diffId);
  return differs < 0 ? diffIds.length : differs;
}
