import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';

/** How far a list has been read. */
export type PagesState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading' }
  | {
      readonly kind: 'read';
      /** Of all rows, where more are there than were read. */
      readonly count: number;
      readonly hasMore: boolean;
    }
  /** What was read before is still there. */
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

export interface RowsPage<Row> {
  readonly rows: readonly Row[];
  readonly count: number;
  readonly hasMore: boolean;
}

/** Reads a page by its number, from 1. */
export type ReadPage<Row> = (page: number, signal: AbortSignal) => Promise<RowsPage<Row>>;

/** A list of a registry that is read page by page, when more of it is asked for. */
export class PagedRows<Row> {
  #rows = $state.raw<readonly Row[]>([]);
  #state = $state.raw<PagesState>({ kind: 'idle' });
  #pages = 0;
  #read: ReadPage<Row> | undefined;
  #running: AbortController | undefined;
  readonly #keyOf: (row: Row) => string;

  /** `keyOf`: by what a row is known. Lists that change while they are read give some rows twice. */
  constructor(keyOf: (row: Row) => string) {
    this.#keyOf = keyOf;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get state(): PagesState {
    return this.#state;
  }

  /** Reads the first page of another list, whose rows take the place of the last one's. What goes wrong is a state; nothing rejects. */
  async start(read: ReadPage<Row>): Promise<void> {
    this.#read = read;
    this.#pages = 0;
    await this.#readNext();
  }

  /** Reads the next page, or the one that failed again. */
  async more(): Promise<void> {
    if (this.#state.kind !== 'reading') await this.#readNext();
  }

  /** Gives up what is being read. */
  stop(): void {
    this.#running?.abort();
  }

  clear(): void {
    this.stop();
    this.#rows = [];
    this.#state = { kind: 'idle' };
  }

  async #readNext(): Promise<void> {
    this.stop();
    const { signal } = (this.#running = new AbortController());
    const page = this.#pages + 1;
    this.#state = { kind: 'reading' };
    try {
      const read = await this.#read?.(page, signal);
      if (signal.aborted || !read) return;
      this.#pages = page;
      this.#rows = this.#distinct(page === 1 ? read.rows : [...this.#rows, ...read.rows]);
      this.#state = { kind: 'read', count: read.count, hasMore: read.hasMore };
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      if (page === 1) this.#rows = [];
      this.#state = { kind: 'failed', error: toErrorRecord(error) };
    }
  }

  #distinct(rows: readonly Row[]): readonly Row[] {
    return [...new Map(rows.map((row) => [this.#keyOf(row), row])).values()];
  }
}
