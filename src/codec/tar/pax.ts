import { escapeBytes } from '../../base/bytes';
import { badTar, type Place } from '../errors';

/** One record of a pax header. The value is binary: it may hold newlines and NULs. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Uint8Array;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;

/** Keys whose values are text that ends up in file system calls, so that a NUL in them cannot be meant. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  'path',
  'linkpath',
  'uname',
  'gname',
  'GNU.sparse.name',
]);

/**
 * Splits the data of a pax header (`LENGTH KEY=VALUE\n`, the length counting all of the record) by length alone. The values are views.
 * POSIX.1-2017 "pax", section "pax Header Block". Throws `bad-tar`.
 */
export function parsePax(data: Uint8Array, place: Place): PaxRecord[] {
  const records: PaxRecord[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(SPACE, at);
    const length = space === -1 ? undefined : decimal(data.subarray(at, space));
    if (length === undefined || length <= space - at || at + length > data.length) {
      throw badTar(place, 'a pax record has no valid length');
    }
    const end = at + length - 1;
    const equals = data.indexOf(EQUALS, space + 1);
    if (data[end] !== NEWLINE || equals === -1 || equals > end || equals === space + 1) {
      throw badTar(place, 'a pax record is not of the form KEY=VALUE');
    }
    const key = escapeBytes(data.subarray(space + 1, equals));
    const value = data.subarray(equals + 1, end);
    if (TEXT_KEYS.has(key) && value.includes(0)) {
      throw badTar(place, `the pax record "${key}" holds a NUL byte`);
    }
    records.push({ key, value });
    at = end + 1;
  }
  return records;
}

/** A non-negative decimal integer of ASCII digits up to 2^53. */
export function decimal(text: Uint8Array): number | undefined {
  let value = 0;
  for (const byte of text) {
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return text.length > 0 && Number.isSafeInteger(value) ? value : undefined;
}

/** Extended attributes among the records: of SCHILY (as they are), LIBARCHIVE (base64) and Red Hat (the SELinux label). */
export function paxXattrs(records: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of records) {
    if (key.startsWith(LIBARCHIVE)) setLibarchiveXattr(xattrs, key.slice(LIBARCHIVE.length), value);
  }
  for (const [key, value] of records) {
    if (key.startsWith(SCHILY)) xattrs.set(key.slice(SCHILY.length), value);
    else if (key === 'RHT.security.selinux') xattrs.set('security.selinux', value);
  }
  return xattrs;
}

const SCHILY = 'SCHILY.xattr.';
const LIBARCHIVE = 'LIBARCHIVE.xattr.';

/** The name is percent-encoded. One that cannot be decoded is left out: nothing depends on it. */
function setLibarchiveXattr(
  xattrs: Map<string, Uint8Array>,
  name: string,
  base64: Uint8Array,
): void {
  try {
    const bytes = Uint8Array.from(atob(escapeBytes(base64)), (character) =>
      character.charCodeAt(0),
    );
    xattrs.set(decodeURIComponent(name), bytes);
  } catch {
    return;
  }
}
