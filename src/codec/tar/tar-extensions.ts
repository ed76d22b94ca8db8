import { LIMITS } from '../../base/limits';
import { badTar, limitExceeded, type Place } from '../errors';
import { parsePax } from './pax';
import type { TarHeader } from './tar-header';

/** What the headers before an entry say of it: pax records, global ones included, and GNU long names. */
export interface Extensions {
  readonly records: ReadonlyMap<string, Uint8Array>;
  /** The numbers of a pax 0.0 sparse map, comma-separated: its records repeat their keys. */
  readonly sparseList: Uint8Array | undefined;
  readonly longName: Uint8Array | undefined;
  readonly longLinkname: Uint8Array | undefined;
}

type ExtensionKind = 'pax' | 'global' | 'long-name' | 'long-linkname';

/** `X` is Solaris' own name for a pax header. */
const KINDS: Readonly<Record<string, ExtensionKind>> = {
  x: 'pax',
  X: 'pax',
  g: 'global',
  L: 'long-name',
  K: 'long-linkname',
};

const NONE: ReadonlyMap<string, Uint8Array> = new Map();

/** Gathers the headers that describe the entry after them. */
export class ExtensionCollector {
  readonly #what: string;
  readonly #globals = new Map<string, Uint8Array>();
  #globalBytes = 0;
  #bytes = 0;
  #records = NONE;
  #sparseNumbers: Uint8Array[] = [];
  #longName: Uint8Array | undefined;
  #longLinkname: Uint8Array | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  /** True for a header whose data is about the entry after it, or about all that follow. */
  static isExtension(header: TarHeader): boolean {
    return header.typeflag in KINDS;
  }

  /** True for a header that belongs to one entry. */
  static isOfEntry(header: TarHeader): boolean {
    return ExtensionCollector.isExtension(header) && header.typeflag !== 'g';
  }

  /** Throws `limit-exceeded` before the data of such a header is read. `offset` is the header's. */
  reserve(header: TarHeader, offset: number): void {
    const global = header.typeflag === 'g';
    const bytes = (global ? this.#globalBytes : this.#bytes) + header.size;
    if (bytes > LIMITS.paxBytes) {
      const excess = `extended headers of ${bytes} bytes, more than the ${LIMITS.paxBytes} bytes allowed`;
      throw limitExceeded({ what: this.#what, offset }, excess, LIMITS.paxBytes);
    }
    if (global) this.#globalBytes = bytes;
    else this.#bytes = bytes;
  }

  /** Takes the data of such a header, which is kept. Throws `bad-tar`. */
  add(header: TarHeader, data: Uint8Array, offset: number): void {
    const place = { what: this.#what, offset };
    switch (KINDS[header.typeflag]) {
      case 'pax':
        this.#addPax(data, place);
        break;
      case 'global':
        for (const { key, value } of parsePax(data, place)) set(this.#globals, key, value);
        break;
      case 'long-name':
        this.#longName = untilNul(data);
        break;
      case 'long-linkname':
        this.#longLinkname = untilNul(data);
        break;
      case undefined:
        throw new RangeError(`type ${header.typeflag} is no extended header`);
    }
  }

  /** What has been gathered for the entry that follows; the next one begins with the global records alone. */
  take(): Extensions {
    const taken = {
      records: this.#records === NONE ? this.#globals : this.#records,
      sparseList: this.#sparseNumbers.length > 0 ? joinByComma(this.#sparseNumbers) : undefined,
      longName: this.#longName,
      longLinkname: this.#longLinkname,
    };
    this.#records = NONE;
    this.#sparseNumbers = [];
    this.#longName = undefined;
    this.#longLinkname = undefined;
    this.#bytes = 0;
    return taken;
  }

  #addPax(data: Uint8Array, place: Place): void {
    const records = new Map(this.#globals);
    const numbers: Uint8Array[] = [];
    for (const { key, value } of parsePax(data, place)) {
      if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
        const expected = numbers.length % 2 === 0 ? 'GNU.sparse.offset' : 'GNU.sparse.numbytes';
        if (key !== expected) throw badTar(place, 'the records of a sparse map are out of order');
        numbers.push(value);
      } else {
        set(records, key, value);
      }
    }
    this.#records = records;
    this.#sparseNumbers = numbers;
  }
}

/** An empty value takes a record away, a global one included. */
function set(records: Map<string, Uint8Array>, key: string, value: Uint8Array): void {
  if (value.length > 0) records.set(key, value);
  else records.delete(key);
}

function untilNul(data: Uint8Array): Uint8Array {
  const end = data.indexOf(0);
  return end === -1 ? data : data.subarray(0, end);
}

function joinByComma(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, -1));
  joined.fill(0x2c);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length + 1;
  }
  return joined;
}
