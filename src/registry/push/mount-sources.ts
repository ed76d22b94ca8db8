import type { ListedImage } from '../../image/image-list';
import type { Digest } from '../../oci/digest';
import { parseReference, type Reference } from '../../oci/reference';

/** Other repositories of the registry that are known to have a blob; those with the most of the path in common first. */
export function mountSources(
  images: readonly ListedImage[],
  { registry, repository }: Reference,
): ReadonlyMap<Digest, readonly string[]> {
  const sources = new Map<Digest, string[]>();
  for (const { blobs, repoDigests } of images.flatMap(({ roots }) => roots)) {
    for (const known of repoDigests.map(parseReference)) {
      if (known.registry !== registry || known.repository === repository) continue;
      for (const digest of blobs) {
        const others = sources.get(digest) ?? [];
        if (!others.includes(known.repository)) sources.set(digest, [...others, known.repository]);
      }
    }
  }
  for (const others of sources.values()) {
    others.sort((a, b) => sharedParts(b, repository) - sharedParts(a, repository));
  }
  return sources;
}

function sharedParts(a: string, b: string): number {
  const parts = b.split('/');
  const end = a.split('/').findIndex((part, i) => part !== parts[i]);
  return end < 0 ? parts.length : end;
}
