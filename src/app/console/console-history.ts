import type { SettingsStore } from '../../store/index-store';

const SETTING = 'console.history';
/** Lines that are kept. */
const LIMIT = 500;

/** What was typed, oldest first, kept across reloads. Lines come with their passwords masked. */
export class ConsoleHistory {
  readonly #store: SettingsStore;
  #lines: readonly string[];

  private constructor(store: SettingsStore, lines: readonly string[]) {
    this.#store = store;
    this.#lines = lines;
  }

  static async read(store: SettingsStore): Promise<ConsoleHistory> {
    const stored = await store.get(SETTING);
    const lines = Array.isArray(stored) ? stored.filter((line) => typeof line === 'string') : [];
    return new ConsoleHistory(store, lines.slice(-LIMIT));
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Not where it repeats the last. */
  async add(line: string): Promise<void> {
    if (this.#lines.at(-1) === line) return;
    this.#lines = [...this.#lines, line].slice(-LIMIT);
    await this.#store.set(SETTING, this.#lines);
  }

  /** The latest line before `before` (a position) that has the text in it; undefined where there is none. */
  search(text: string, before = this.#lines.length): number | undefined {
    for (let at = before - 1; at >= 0; at--) {
      if (this.#lines[at]?.includes(text)) return at;
    }
    return undefined;
  }
}
