import type { Database } from './database';
import type { Schema } from './schema';

/**
 * All rows of a table of metadata, kept until the next commit, in whatever tab or worker it is: every listing asks for them, and reading a
 * thousand rows takes ten times what a listing makes of them.
 */
export class KeptRows<Name extends 'refs' | 'images'> {
  readonly #db: Database;
  readonly #table: Name;
  #kept: { readonly revision: string; readonly rows: readonly Schema[Name]['value'][] } | undefined;

  constructor(db: Database, table: Name) {
    this.#db = db;
    this.#table = table;
  }

  all(): Promise<readonly Schema[Name]['value'][]> {
    return this.#db.read([this.#table, 'revisions'], async (tx) => {
      const asked = tx.objectStore('revisions').get('metadata');
      if (this.#kept && this.#kept.revision === (await asked)) return this.#kept.rows;
      const [rows, revision] = await Promise.all([tx.objectStore(this.#table).getAll(), asked]);
      // Before the first commit there is nothing to keep.
      this.#kept = revision === undefined ? undefined : { revision, rows };
      return rows;
    });
  }
}
