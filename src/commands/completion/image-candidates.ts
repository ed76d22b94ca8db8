import { dockerSize } from '../../base/human-size';
import type { ListedImage } from '../../image/image-list';
import { shortDigest } from '../../oci/digest';
import { familiar } from '../docker/images/stored-images';
import type { Candidate } from './completion';

/**
 * Images by name, by ID where hexadecimal digits are typed, by digest after an `@`. Where no name begins as typed, one of its parts may:
 * `checkout` finds `ghcr.io/acme/checkout-api`.
 */
export function imageCandidates(
  images: readonly ListedImage[],
  typed: string,
): readonly Candidate[] {
  if (typed.includes('@')) return digestCandidates(images, typed);
  const names = images.flatMap((image) =>
    familiar(image.names).map((text) => ({ text, summary: aboutImage(image) })),
  );
  const begins = names.filter(({ text }) => text.startsWith(typed));
  const within = names.filter(({ text }) => text.includes(`/${typed}`));
  return [...(begins.length > 0 ? begins : within), ...idCandidates(images, typed)];
}

/** Names alone, without what only one image has: for a filter, and for a new name. */
export function repositoryCandidates(images: readonly ListedImage[]): readonly Candidate[] {
  const repositories = new Map<string, number>();
  for (const text of images.flatMap(({ names }) => familiar(names))) {
    const repository = text.slice(0, text.lastIndexOf(':'));
    repositories.set(repository, (repositories.get(repository) ?? 0) + 1);
  }
  return [...repositories].map(([text, count]) => ({
    text,
    summary: count === 1 ? '1 tag' : `${count} tags`,
  }));
}

/** IDs are offered once they are begun, and of images that have no other name. */
function idCandidates(images: readonly ListedImage[], typed: string): readonly Candidate[] {
  const isLong = typed.startsWith('sha256:') || /^[0-9a-f]{13,64}$/.test(typed);
  return images
    .filter(({ names }) => typed !== '' || names.length === 0)
    .map((image) => ({ text: idText(image, typed, isLong), summary: aboutId(image) }))
    .filter(({ text }) => text.startsWith(typed));
}

function idText({ imageId }: ListedImage, typed: string, isLong: boolean): string {
  if (!isLong) return shortDigest(imageId);
  return typed.startsWith('sha256:') ? imageId : imageId.slice('sha256:'.length);
}

function digestCandidates(images: readonly ListedImage[], typed: string): readonly Candidate[] {
  return images
    .flatMap((image) =>
      familiar(image.repoDigests).map((text) => ({ text, summary: aboutImage(image) })),
    )
    .filter(({ text }) => text.startsWith(typed));
}

function aboutImage({ imageId, shown }: ListedImage): string {
  return `${shortDigest(imageId)}  ${dockerSize(shown.unpackedSize)}`;
}

function aboutId({ names, shown }: ListedImage): string {
  const [name = '<none>'] = familiar(names);
  return `${name}  ${dockerSize(shown.unpackedSize)}`;
}
