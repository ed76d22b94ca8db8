import { formatPlatform, matchesPlatform, type Platform } from '../oci/platform';
import { ImageError } from './errors';

/**
 * Of the platforms of an image that are here, the one that was asked for, by its exact variant where there are several. Throws
 * `no-such-platform`.
 */
export function askedPlatform<T extends { readonly platform: Platform }>(
  platforms: readonly T[],
  asked: Platform,
): T {
  const found = platforms.find(({ platform }) => matchesPlatform(asked, platform));
  if (found) return found;
  const here = platforms.map(({ platform }) => formatPlatform(platform));
  throw new ImageError(
    'no-such-platform',
    `The image is not here for ${formatPlatform(asked)}, but for ${here.join(', ') || 'no platform at all'}.`,
    { detail: { asked: formatPlatform(asked), here } },
  );
}
