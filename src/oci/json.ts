import { decodeUtf8 } from '../base/bytes';
import type { JsonValue } from '../base/errors';
import { LIMITS } from '../base/limits';
import { OciError } from './errors';
import { isDigest, type Digest } from './digest';
import { jsonFault } from './json-fault';

/** A JSON object nobody has looked into yet. */
export type JsonObject = { readonly [key: string]: JsonValue };

export interface JsonOptions {
  /** What the document is, for the sentence of an error: `manifest.json`. */
  readonly what: string;
  /** Bytes; `LIMITS.manifestBytes` where it is not said. */
  readonly maxBytes?: number;
}

/** Parses bounded JSON. Throws `json-too-large`, `json-too-deep` or `bad-json`. */
export function parseJson(bytes: Uint8Array, options: JsonOptions): JsonValue {
  const { what, maxBytes = LIMITS.manifestBytes } = options;
  if (bytes.length > maxBytes) {
    throw new OciError(
      'json-too-large',
      `${what} is ${bytes.length} bytes, more than the ${maxBytes} bytes allowed.`,
      { detail: { what, size: bytes.length, limit: maxBytes } },
    );
  }
  if (nesting(bytes) > LIMITS.jsonDepth) {
    throw new OciError(
      'json-too-deep',
      `${what} nests deeper than the ${LIMITS.jsonDepth} levels allowed.`,
      {
        detail: { what, limit: LIMITS.jsonDepth },
      },
    );
  }
  const text = decodeUtf8(bytes);
  try {
    if (text === undefined) throw new SyntaxError('not UTF-8');
    return JSON.parse(text.replace(/^\uFEFF/, '')) as JsonValue;
  } catch (cause) {
    throw badJson(bytes, what, cause);
  }
}

function badJson(bytes: Uint8Array, what: string, cause: unknown): OciError {
  const position = jsonFault(bytes) ?? bytes.length;
  const fault =
    position < bytes.length ? `: byte ${position} is wrong` : `: it breaks off at byte ${position}`;
  return new OciError('bad-json', `${what} is not valid JSON${fault}.`, {
    detail: { what, position },
    cause,
  });
}

/** The deepest level of brackets outside strings, so that no recursive parser meets a hostile depth. */
function nesting(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}

/** Reads fields of one JSON object and says by name what is wrong with them. Every accessor throws `bad-document`. */
export class Fields {
  readonly #object: JsonObject;
  readonly what: string;

  constructor(value: JsonValue | undefined, what: string) {
    if (!isObject(value)) throw badDocument(what, 'is not a JSON object');
    this.#object = value;
    this.what = what;
  }

  raw(key: string): JsonValue | undefined {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  string(key: string): string {
    return this.optionalString(key) ?? this.#fail(key, 'is missing');
  }

  /** Undefined for what is absent or null, as Go's decoder leaves it. */
  optionalString(key: string): string | undefined {
    const value = this.raw(key) ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    return this.#fail(key, 'is not a string');
  }

  /** A whole number from 0 to 2^53 − 1. */
  size(key: string): number {
    const value = this.raw(key);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#fail(key, 'is not a size in bytes');
  }

  boolean(key: string): boolean {
    const value = this.raw(key) ?? false;
    return typeof value === 'boolean' ? value : this.#fail(key, 'is neither true nor false');
  }

  /** Throws `bad-digest` for what is no digest. */
  digest(key: string): Digest {
    return this.#digest(key, this.string(key));
  }

  /** Throws `bad-digest` for what is no digest. */
  digests(key: string): readonly Digest[] {
    return this.strings(key).map((text) => this.#digest(key, text));
  }

  /** Empty for what is absent or null. */
  array(key: string): readonly JsonValue[] {
    const value = this.raw(key) ?? [];
    return isArray(value) ? value : this.#fail(key, 'is not an array');
  }

  strings(key: string): readonly string[] {
    return this.array(key).map((value) =>
      typeof value === 'string' ? value : this.#fail(key, 'holds something that is not a string'),
    );
  }

  object(key: string): Fields {
    return new Fields(this.raw(key), `${key} of ${this.what}`);
  }

  optionalObject(key: string): Fields | undefined {
    return (this.raw(key) ?? undefined) === undefined ? undefined : this.object(key);
  }

  /** A map of strings; empty for what is absent or null. */
  stringMap(key: string): ReadonlyMap<string, string> {
    const value = this.raw(key) ?? {};
    if (!isObject(value)) return this.#fail(key, 'is not a JSON object');
    return new Map(
      Object.entries(value).map(([name, text]) =>
        typeof text === 'string'
          ? [name, text]
          : this.#fail(key, 'holds something that is not a string'),
      ),
    );
  }

  keys(): readonly string[] {
    return Object.keys(this.#object);
  }

  #digest(key: string, text: string): Digest {
    if (isDigest(text)) return text;
    const shown = text.slice(0, 100);
    const problem = `is not usable: ${key} holds "${shown}", which is not a sha256 digest`;
    throw new OciError('bad-digest', `${this.what} ${problem}.`, {
      detail: { what: this.what, field: key, digest: shown },
    });
  }

  #fail(key: string, problem: string): never {
    throw badDocument(this.what, `is not usable: ${key} ${problem}`, key);
  }
}

function badDocument(what: string, problem: string, field?: string): OciError {
  return new OciError('bad-document', `${what} ${problem}.`, {
    detail: field === undefined ? { what } : { what, field },
  });
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
