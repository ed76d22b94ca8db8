import type { LibraryRow } from './library-row';

/** The list that is chosen from. */
interface SelectableList {
  readonly all: readonly LibraryRow[];
  readonly shown: readonly LibraryRow[];
}

/** Stored images chosen in the list, to be saved, tagged or removed at once. Outlives a filter, not the image. */
export class ImageSelection {
  #keys = $state.raw<ReadonlySet<string>>(new Set());
  #anchor: string | undefined;
  readonly #list: SelectableList;
  readonly #rows: readonly LibraryRow[];

  constructor(list: SelectableList) {
    this.#list = list;
    this.#rows = $derived(list.all.filter((row) => canAct(row) && this.#keys.has(row.key)));
  }

  /** What is chosen and still there, in the order of the list. */
  get rows(): readonly LibraryRow[] {
    return this.#rows;
  }

  /** Of the rows that the filter leaves: none, some or all. */
  get extent(): 'none' | 'some' | 'all' {
    const shown = this.#list.shown.filter(canAct);
    const chosen = shown.filter(({ key }) => this.#keys.has(key)).length;
    if (chosen === 0) return 'none';
    return chosen === shown.length ? 'all' : 'some';
  }

  has({ key }: LibraryRow): boolean {
    return this.#keys.has(key);
  }

  /** Chooses a row, or lets go of it. With `extend`, all rows from the last one that was chosen to this. */
  toggle(row: LibraryRow, extend = false): void {
    const keys = new Set(this.#keys);
    const chosen = !keys.has(row.key);
    for (const { key } of extend ? this.#rangeTo(row) : [row]) {
      if (chosen) keys.add(key);
      else keys.delete(key);
    }
    this.#keys = keys;
    this.#anchor = row.key;
  }

  /** Chooses all rows that the filter leaves; where they are chosen already, none. */
  toggleAll(): void {
    const shown = this.#list.shown.filter(canAct).map(({ key }) => key);
    const keys = new Set(this.#keys);
    const chosen = this.extent !== 'all';
    for (const key of shown) {
      if (chosen) keys.add(key);
      else keys.delete(key);
    }
    this.#keys = keys;
  }

  clear(): void {
    this.#keys = new Set();
  }

  #rangeTo(row: LibraryRow): readonly LibraryRow[] {
    const { shown } = this.#list;
    const from = shown.findIndex(({ key }) => key === this.#anchor);
    const to = shown.findIndex(({ key }) => key === row.key);
    if (from < 0) return [row];
    return shown.slice(Math.min(from, to), Math.max(from, to) + 1).filter(canAct);
  }
}

/** Whether a row's image can be saved, tagged and removed: not while it is being loaded, and not where it is in no store. */
export function canAct({ isStored, state }: LibraryRow): boolean {
  return isStored && state.kind !== 'loading';
}

/** Whether a row's image can be pushed: it is here, and nothing of it is known to be damaged. */
export function canPush(row: LibraryRow): boolean {
  return canAct(row) && row.state.kind === 'verified';
}
