import { escapeBytes } from '../../base/bytes';
import { LIMITS } from '../../base/limits';
import { badTar, limitExceeded, truncated, type Place } from '../errors';
import {
  checkSparseRunCount,
  parseSparseBlock,
  parseSparseHeader,
  SparseMapText,
  sparseRealSize,
} from './sparse-map';
import { BLOCK_BYTES, isZeroBlock } from './tar-block';
import { draftEntry, sparseEntry, type TarDraft } from './tar-draft';
import type { SparseRun, TarEntry } from './tar-entry';
import { ExtensionCollector } from './tar-extensions';
import { parseTarHeader, type TarHeader } from './tar-header';

/** What a reader tells of: each entry, then the bytes stored for it. A sparse file's are its runs without the holes. */
export interface TarVisitor {
  entry(entry: TarEntry): void;
  /** A view that is valid during the call. Without this method contents can be skipped. */
  content?(chunk: Uint8Array): void;
}

/** What the next bytes are. All states but `data`, `content`, `padding` and `ended` read whole blocks. */
type State =
  /** A header, or the first block of zeros. */
  | { readonly at: 'header' }
  /** The block after one of zeros. */
  | { readonly at: 'end' }
  /** The data of an extended header. */
  | { readonly at: 'data'; readonly header: TarHeader; readonly data: Uint8Array }
  /** More of an old GNU sparse map. */
  | {
      readonly at: 'sparse-header';
      readonly draft: TarDraft;
      readonly runs: SparseRun[];
      readonly size: number;
    }
  /** The map that pax 1.0 puts before the content. */
  | { readonly at: 'sparse-content'; readonly draft: TarDraft; readonly map: SparseMapText }
  /** `remaining` bytes of content; whose, if any entry's. */
  | { readonly at: 'content'; readonly entry: TarEntry | undefined }
  | { readonly at: 'padding' }
  /** Past the end of the archive, where anything may follow. */
  | { readonly at: 'ended' };

const HEADER: State = { at: 'header' };
const PADDING: State = { at: 'padding' };
const ENDED: State = { at: 'ended' };

/**
 * Reads a tar of any age (v7, ustar, pax, GNU, star) that comes in pieces cut anywhere. Follows Go's archive/tar where tars differ, as that
 * is what engines read layers with. Nothing is known of an entry's path but that it is no longer than `LIMITS.tarNameBytes`.
 * `push` and `finish` throw `truncated`, `bad-tar` and `limit-exceeded`, after which the reader is of no use.
 */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #what: string;
  readonly #extensions: ExtensionCollector;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #state: State = HEADER;
  #position = 0;
  /** Bytes of the current block, data, content or padding that are still to come. */
  #remaining = BLOCK_BYTES;
  #padding = 0;
  #entries = 0;
  /** Start of the entry being read: of its first extended header. */
  #entryStart: number | undefined;
  #headerStart = 0;
  /** Where the end blocks end. */
  #end = 0;

  /** `what` is how an error names the bytes. */
  constructor(visitor: TarVisitor, { what = 'the archive' }: { readonly what?: string } = {}) {
    this.#visitor = visitor;
    this.#what = what;
    this.#extensions = new ExtensionCollector(what);
  }

  /** Bytes consumed: pushed or skipped. */
  get position(): number {
    return this.#position;
  }

  /** True once the end blocks have been read. What follows is consumed and ignored: it counts for digests alone. */
  get ended(): boolean {
    return this.#state.at === 'ended';
  }

  /** Bytes of content and padding from here on that nobody needs: what `skip` may leave out. */
  get skippable(): number {
    if (this.#state.at === 'padding') return this.#remaining;
    if (this.#state.at !== 'content') return 0;
    return this.#state.entry && this.#visitor.content ? 0 : this.#remaining + this.#padding;
  }

  /** Goes on as if that many of the `skippable` bytes had been pushed. */
  skip(bytes: number): void {
    if (bytes > this.skippable) throw new RangeError(`${bytes} bytes cannot be skipped`);
    let left = bytes;
    while (left > 0) {
      const step = Math.min(left, this.#remaining);
      this.#advance(step);
      left -= step;
    }
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#state.at === 'ended') {
        this.#takeTrailer(chunk.length - at);
        return;
      }
      const size = Math.min(this.#remaining, chunk.length - at);
      this.#take(chunk.subarray(at, at + size));
      at += size;
    }
  }

  /** To be called when there are no more bytes. End blocks and the padding of the last content may be missing. */
  finish(): void {
    const state = this.#state;
    const offset = this.#position;
    const place = { what: this.#what, offset };
    switch (state.at) {
      case 'ended':
        return;
      case 'padding':
      case 'header':
      case 'end':
        if (state.at !== 'padding' && this.#remaining < BLOCK_BYTES)
          throw truncated(place, 'a header');
        if (this.#entryStart !== undefined) throw truncated(place, 'the headers of an entry');
        return;
      case 'content':
        throw truncated(place, state.entry ? quote(state.entry.path) : 'the data of a header');
      case 'data':
        throw truncated(place, 'the data of an extended header');
      case 'sparse-header':
      case 'sparse-content':
        throw truncated(place, `the sparse map of ${quote(state.draft.entry.path)}`);
    }
  }

  /** Takes at most `remaining` bytes. */
  #take(part: Uint8Array): void {
    const state = this.#state;
    switch (state.at) {
      case 'content':
        if (state.entry) this.#visitor.content?.(part);
        this.#advance(part.length);
        break;
      case 'padding':
      case 'ended':
        this.#advance(part.length);
        break;
      case 'data':
        state.data.set(part, state.data.length - this.#remaining);
        this.#advance(part.length);
        break;
      default:
        this.#takeBlock(part);
    }
  }

  /** Gathers a block, or takes it as it lies where it lies whole. */
  #takeBlock(part: Uint8Array): void {
    const whole = part.length === BLOCK_BYTES;
    if (!whole) this.#block.set(part, BLOCK_BYTES - this.#remaining);
    this.#position += part.length;
    this.#remaining -= part.length;
    if (this.#remaining === 0) this.#onBlock(whole ? part : this.#block);
  }

  /** Counts bytes of data, content or padding, and goes on to what follows them. */
  #advance(bytes: number): void {
    this.#position += bytes;
    this.#remaining -= bytes;
    if (this.#remaining > 0) return;
    const state = this.#state;
    if (state.at === 'data') this.#extensions.add(state.header, state.data, this.#headerStart);
    if (state.at !== 'padding' && this.#padding > 0) this.#enter(PADDING, this.#padding);
    else this.#enter(HEADER);
  }

  #enter(state: State, remaining = BLOCK_BYTES): void {
    this.#state = state;
    this.#remaining = remaining;
  }

  #onBlock(block: Uint8Array): void {
    const state = this.#state;
    switch (state.at) {
      case 'header':
        this.#onHeader(block);
        break;
      case 'end':
        if (!isZeroBlock(block)) throw badTar(this.#here(), 'an entry follows a block of zeros');
        this.#end = this.#position;
        this.#enter(ENDED, Infinity);
        break;
      case 'sparse-header':
        this.#onSparseBlock(state, block);
        break;
      case 'sparse-content':
        this.#onSparseText(state, block);
        break;
      default:
        throw new RangeError(`${state.at} is not read in blocks`);
    }
  }

  #onHeader(block: Uint8Array): void {
    if (isZeroBlock(block)) {
      this.#enter({ at: 'end' });
      return;
    }
    const place = this.#here();
    this.#headerStart = place.offset;
    const header = parseTarHeader(block, place);
    if (ExtensionCollector.isExtension(header)) this.#onExtension(header, place.offset);
    else if (header.typeflag === 'V') this.#beginContent(undefined, header.size);
    else this.#onEntryHeader(header, block, place.offset);
  }

  #onExtension(header: TarHeader, offset: number): void {
    if (ExtensionCollector.isOfEntry(header)) this.#entryStart ??= offset;
    this.#extensions.reserve(header, offset);
    this.#padding = paddingOf(header.size);
    const state = { at: 'data', header, data: new Uint8Array(header.size) } as const;
    this.#enter(state, header.size);
    if (header.size === 0) this.#advance(0);
  }

  #onEntryHeader(header: TarHeader, block: Uint8Array, offset: number): void {
    const place = {
      what: this.#what,
      offset: this.#entryStart ?? offset,
      contentOffset: this.#position,
    };
    const draft = draftEntry(header, this.#extensions.take(), place);
    this.#entryStart = undefined;
    this.#countEntry(place);
    switch (draft.sparseSource) {
      case 'none':
        this.#beginEntry(draft.entry, draft.dataSize);
        break;
      case 'list':
        this.#beginSparse(draft, draft.runs);
        break;
      case 'header': {
        const { runs, more } = parseSparseHeader(block, place);
        const size = sparseRealSize(block, place);
        if (more) this.#enter({ at: 'sparse-header', draft, runs: [...runs], size });
        else this.#beginSparse(draft, runs, size);
        break;
      }
      case 'content':
        if (draft.dataSize < BLOCK_BYTES) throw badTar(place, 'a sparse file has no map');
        this.#enter({ at: 'sparse-content', draft, map: new SparseMapText(place) });
    }
  }

  #onSparseBlock(state: State & { at: 'sparse-header' }, block: Uint8Array): void {
    const { draft, runs, size } = state;
    const place = this.#startOf(draft.entry);
    const found = parseSparseBlock(block, place);
    runs.push(...found.runs);
    checkSparseRunCount(runs.length, place);
    if (found.more) this.#enter(state);
    else this.#beginSparse(draft, runs, size);
  }

  #onSparseText(state: State & { at: 'sparse-content' }, block: Uint8Array): void {
    const draft = { ...state.draft, dataSize: state.draft.dataSize - BLOCK_BYTES };
    const runs = state.map.push(block);
    if (runs) this.#beginSparse(draft, runs);
    else if (draft.dataSize >= BLOCK_BYTES) this.#enter({ ...state, draft });
    else throw badTar(this.#startOf(draft.entry), 'a sparse map is not whole');
  }

  #beginSparse(draft: TarDraft, runs: readonly SparseRun[], size?: number): void {
    const storedSize = draft.dataSize;
    const content = { runs, size, storedSize, contentOffset: this.#position };
    this.#beginEntry(sparseEntry(draft, content, this.#startOf(draft.entry)), storedSize);
  }

  #beginEntry(entry: TarEntry, dataSize: number): void {
    this.#visitor.entry(entry);
    this.#beginContent(entry.type === 'file' ? entry : undefined, dataSize);
  }

  #beginContent(entry: TarEntry | undefined, size: number): void {
    this.#padding = paddingOf(size);
    if (size > 0) this.#enter({ at: 'content', entry }, size);
    else this.#enter(HEADER);
  }

  #countEntry(place: Place): void {
    this.#entries++;
    if (this.#entries <= LIMITS.layerEntries) return;
    const excess = `more than the ${LIMITS.layerEntries} entries allowed`;
    throw limitExceeded(place, excess, LIMITS.layerEntries);
  }

  /** Counts what follows the end blocks. */
  #takeTrailer(bytes: number): void {
    this.#position += bytes;
    if (this.#position - this.#end <= LIMITS.tarTrailerBytes) return;
    const excess = `the end of its tar, and goes on for more than the ${LIMITS.tarTrailerBytes} bytes allowed after it`;
    throw limitExceeded({ what: this.#what, offset: this.#end }, excess, LIMITS.tarTrailerBytes);
  }

  #startOf(entry: TarEntry): Place {
    return { what: this.#what, offset: entry.headerOffset };
  }

  /** The start of the block that has just been read. */
  #here(): Place {
    return { what: this.#what, offset: this.#position - BLOCK_BYTES };
  }
}

function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

function quote(path: Uint8Array): string {
  return `"${escapeBytes(path)}"`;
}
