import type { Descriptor } from '../../oci/descriptor';
import {
  formatPlatform,
  matchesPlatform,
  normalizePlatform,
  type Platform,
} from '../../oci/platform';
import { RegistryError } from '../errors';

/**
 * The manifest of an index that docker takes for a platform: the first that matches; for arm the newest variant that runs there. Throws
 * `no-such-platform` in docker's words.
 */
export function choosePlatform(manifests: readonly Descriptor[], asked: Platform): Descriptor {
  for (const candidate of [asked, ...olderVariants(asked)]) {
    const found = manifests.find(
      ({ platform }) => platform && matchesPlatform(candidate, platform),
    );
    if (found) return found;
  }
  const offered = manifests.flatMap(({ platform }) => (platform ? [formatPlatform(platform)] : []));
  throw new RegistryError(
    'no-such-platform',
    `no matching manifest for ${formatPlatform(asked)} in the manifest list entries`,
    { detail: { asked: formatPlatform(asked), offered } },
  );
}

/** What an ARM processor runs as well: v7 runs v6 and v5. */
function olderVariants(platform: Platform): readonly Platform[] {
  const { architecture, variant = '' } = normalizePlatform(platform);
  const version = architecture === 'arm' ? Number(variant.slice(1)) : NaN;
  if (!(version > 5 && version <= 8)) return [];
  return Array.from({ length: version - 5 }, (_, i) => ({
    ...platform,
    architecture,
    variant: `v${version - 1 - i}`,
  }));
}
