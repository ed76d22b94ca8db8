import { compareText } from '../../base/compare-text';
import type { Database } from './database';
import type { Schema } from './schema';

type Row<Name extends 'refs' | 'images'> = Schema[Name]['value'];

/** The names of the metadata before and after a commit; the first has none. */
export interface Revisions {
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * All rows of a table of metadata, kept until a commit in whatever tab or worker: every listing asks for them, and reading a thousand rows
 * takes ten times what a listing makes of them.
 */
export class KeptRows<Name extends 'refs' | 'images'> {
  readonly #db: Database;
  readonly #table: Name;
  readonly #keyOf: (row: Row<Name>) => string;
  #kept: { readonly revision: string; readonly rows: readonly Row<Name>[] } | undefined;

  /** `keyOf` gives a row's key in the table. */
  constructor(db: Database, table: Name, keyOf: (row: Row<Name>) => string) {
    this.#db = db;
    this.#table = table;
    this.#keyOf = keyOf;
  }

  /** In the order of their keys. */
  all(): Promise<readonly Row<Name>[]> {
    return this.#db.read([this.#table, 'revisions'], async (tx) => {
      const asked = tx.objectStore('revisions').get('metadata');
      if (this.#kept && this.#kept.revision === (await asked)) return this.#kept.rows;
      const [rows, revision] = await Promise.all([tx.objectStore(this.#table).getAll(), asked]);
      // Before the first commit there is nothing to keep.
      this.#kept = revision === undefined ? undefined : { revision, rows };
      return rows;
    });
  }

  /** Does to the kept rows what a commit of this connection has done to the table, where that was all that happened since. */
  follow(
    { before, after }: Revisions,
    change: { readonly deleted: readonly string[]; readonly put: readonly Row<Name>[] },
  ): void {
    if (!this.#kept || this.#kept.revision !== before) return;
    const rows = new Map(this.#kept.rows.map((row) => [this.#keyOf(row), row]));
    for (const key of change.deleted) rows.delete(key);
    // As the database gives them back: what becomes of the committed objects later does not matter.
    for (const row of structuredClone(change.put)) rows.set(this.#keyOf(row), row);
    // Names and digests are ASCII, whose order is the database's.
    const inOrder = [...rows].sort(([a], [b]) => compareText(a, b));
    this.#kept = { revision: after, rows: inOrder.map(([, row]) => row) };
  }
}
