import type { JsonValue } from '../base/errors';
import { LIMITS } from '../base/limits';
import type { Digest } from './digest';
import { Fields, parseJson } from './json';
import { parsePlatform, type Platform } from './platform';

/** One step of the build. https://github.com/opencontainers/image-spec/blob/main/config.md#properties */
export interface HistoryEntry {
  /** RFC 3339, as written; undefined where it is absent. */
  readonly created?: string;
  readonly createdBy: string;
  readonly author: string;
  readonly comment: string;
  readonly emptyLayer: boolean;
}

/** What the product reads of an image configuration. `fields` gives the rest, which inspect prints. */
export interface ImageConfig {
  readonly platform: Platform;
  /** RFC 3339, as written; undefined where it is absent. */
  readonly created?: string;
  readonly author: string;
  /** Diff IDs, base layer first. */
  readonly diffIds: readonly Digest[];
  /** Oldest step first. Undefined where the configuration has no history at all. */
  readonly history?: readonly HistoryEntry[];
  readonly labels: ReadonlyMap<string, string>;
  readonly fields: Fields;
}

/** Throws `bad-json`, `bad-document`, `bad-digest`, `json-too-large` or `json-too-deep`. */
export function parseImageConfig(bytes: Uint8Array, what = 'The image configuration'): ImageConfig {
  const json = parseJson(bytes, { what, maxBytes: LIMITS.configBytes });
  const fields = new Fields(json, what);
  const created = fields.optionalString('created');
  const rootfs = fields.optionalObject('rootfs');
  const history =
    (fields.raw('history') ?? undefined) === undefined ? undefined : fields.array('history');
  return {
    platform: parsePlatform(json, what),
    author: fields.optionalString('author') ?? '',
    diffIds: rootfs?.digests('diff_ids') ?? [],
    labels: fields.optionalObject('config')?.stringMap('Labels') ?? new Map<string, string>(),
    fields,
    ...(created === undefined ? {} : { created }),
    ...(history
      ? { history: history.map((step, i) => parseStep(step, `step ${i} of ${what}`)) }
      : {}),
  };
}

function parseStep(value: JsonValue, what: string): HistoryEntry {
  const fields = new Fields(value, what);
  const created = fields.optionalString('created');
  return {
    createdBy: fields.optionalString('created_by') ?? '',
    author: fields.optionalString('author') ?? '',
    comment: fields.optionalString('comment') ?? '',
    emptyLayer: fields.boolean('empty_layer'),
    ...(created === undefined ? {} : { created }),
  };
}
