import type { JsonValue } from '../base/errors';
import type { Digest } from './digest';
import { Fields } from './json';
import { parsePlatform, type Platform } from './platform';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly artifactType?: string;
  readonly urls?: readonly string[];
  readonly annotations?: ReadonlyMap<string, string>;
}

/** Throws `bad-document` or `bad-digest`. */
export function parseDescriptor(value: JsonValue | undefined, what: string): Descriptor {
  const fields = new Fields(value, what);
  const platform = fields.raw('platform') ?? undefined;
  const artifactType = fields.optionalString('artifactType');
  const urls = fields.strings('urls');
  const annotations = fields.stringMap('annotations');
  return {
    mediaType: fields.optionalString('mediaType') ?? '',
    digest: fields.digest('digest'),
    size: fields.size('size'),
    ...(platform === undefined ? {} : { platform: parsePlatform(platform, `platform of ${what}`) }),
    ...(artifactType ? { artifactType } : {}),
    ...(urls.length > 0 ? { urls } : {}),
    ...(annotations.size > 0 ? { annotations } : {}),
  };
}
