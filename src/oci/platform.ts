import type { JsonValue } from '../base/errors';
import { Fields } from './json';

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Throws `bad-document`. */
export function parsePlatform(value: JsonValue | undefined, what: string): Platform {
  const fields = new Fields(value, what);
  const variant = fields.optionalString('variant');
  const osVersion = fields.optionalString('os.version');
  return {
    os: fields.optionalString('os') ?? '',
    architecture: fields.optionalString('architecture') ?? '',
    ...(variant ? { variant } : {}),
    ...(osVersion ? { osVersion } : {}),
  };
}

/** `linux/arm64/v8`, as `--platform` takes it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os || 'unknown', architecture || 'unknown', ...(variant ? [variant] : [])].join('/');
}

/** `linux/amd64`, `linux/arm/v7`, or an architecture or system alone; undefined where it is none of these. */
export function parsePlatformText(text: string): Platform | undefined {
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  const [first = '', second, variant] = parts;
  if (second === undefined) {
    return KNOWN_SYSTEMS.has(first)
      ? { os: first, architecture: DEFAULT_PLATFORM.architecture }
      : normalizePlatform({ os: DEFAULT_PLATFORM.os, architecture: first });
  }
  return normalizePlatform({ os: first, architecture: second, ...(variant ? { variant } : {}) });
}

const KNOWN_SYSTEMS = new Set(['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd']);

/** Other names of an architecture as the spec's own: `x86_64` is amd64, `aarch64` is arm64, arm64's v8 falls away. */
export function normalizePlatform(platform: Platform): Platform {
  const { architecture, variant, ...rest } = platform;
  switch (architecture) {
    case 'x86_64':
    case 'x86-64':
      return { ...rest, architecture: 'amd64', ...(variant ? { variant } : {}) };
    case 'i386':
    case 'i686':
      return { ...rest, architecture: '386' };
    case 'aarch64':
    case 'arm64':
      return {
        ...rest,
        architecture: 'arm64',
        ...(variant && variant !== 'v8' && variant !== '8' ? { variant } : {}),
      };
    case 'armhf':
      return { ...rest, architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { ...rest, architecture: 'arm', variant: 'v6' };
    case 'arm':
      return { ...rest, architecture: 'arm', variant: armVariant(variant) };
    default:
      return platform;
  }
}

function armVariant(variant: string | undefined): string {
  if (!variant) return 'v7';
  return /^\d+$/.test(variant) ? `v${variant}` : variant;
}

/** True where an image for `offered` runs on what was asked for: same system, architecture and, where asked for, variant. */
export function matchesPlatform(asked: Platform, offered: Platform): boolean {
  const a = normalizePlatform(asked);
  const b = normalizePlatform(offered);
  return (
    a.os === b.os &&
    a.architecture === b.architecture &&
    (a.variant === undefined || a.variant === b.variant)
  );
}

/** What an image is for, by its configuration; many leave the variant to the index that lists it. */
export function withListedVariant(own: Platform, listed: Platform | undefined): Platform {
  if (own.variant !== undefined || listed?.variant === undefined) return own;
  return own.architecture === listed.architecture ? { ...own, variant: listed.variant } : own;
}
