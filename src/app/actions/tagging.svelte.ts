import { toErrorRecord } from '../../base/errors';
import { tagImage } from '../../image/tag';
import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';
import { wordOf } from '../library/row-words';
import { checkName, type NameCheck } from './name-check';

/** One image and the name that it is to get. */
export class NewName {
  readonly row: LibraryRow;
  text = $state('');
  readonly #check: NameCheck;

  constructor(row: LibraryRow, rows: () => readonly LibraryRow[]) {
    this.row = row;
    const [name] = row.names;
    if (name) this.text = `${name.path}${name.repository}:`;
    this.#check = $derived(checkName(this.text, rows(), row));
  }

  get check(): NameCheck {
    return this.#check;
  }
}

/** Giving images one more name each. */
export class Tagging {
  readonly names: readonly NewName[];
  readonly #app: App;

  constructor(app: App, rows: readonly LibraryRow[]) {
    this.#app = app;
    this.names = rows.map((row) => new NewName(row, () => app.library.rows));
  }

  /** Every name that was typed is right, and there is one. */
  get isReady(): boolean {
    return (
      this.names.some(({ check }) => isNew(check)) &&
      this.names.every(({ check }) => check.kind !== 'wrong')
    );
  }

  /** The same as commands, a line a name. */
  get command(): string {
    return this.names
      .flatMap(({ row, check }) =>
        isNew(check) ? [`docker tag ${wordOf(row)} ${check.name}`] : [],
      )
      .join('\n');
  }

  /** Gives the names. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const { store, settings, notices, i18n, now } = this.#app;
    const given: string[] = [];
    try {
      for (const { row, check } of this.names) {
        if (!isNew(check)) continue;
        const { platform } = settings;
        await tagImage(store, { source: wordOf(row), target: check.reference, platform, now });
        given.push(check.name);
      }
    } catch (error) {
      notices.fail({ error: toErrorRecord(error) });
    }
    const [first] = given;
    const texts = i18n.texts.actions;
    if (first !== undefined) {
      notices.say(given.length === 1 ? texts.tagged(first) : texts.taggedMany(given.length));
    }
  }
}

function isNew(check: NameCheck): check is Extract<NameCheck, { kind: 'right' }> {
  return check.kind === 'right' && check.standing !== 'same';
}
