import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import { planRemoval, type RemovalPlan } from '../../image/removal/removal-plan';
import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';
import { wordOf, wordsOf } from '../library/row-words';
import { carryOutRemoval } from './carry-out-removal';
import { removalView, type RemovalView } from './removal-view';

interface Planned {
  readonly plan: RemovalPlan;
  readonly view: RemovalView;
}

/** Removing what rows show: the first name of each or, where that is chosen, all names. From the question to the end of the offer to undo. */
export class Removal {
  #shown = $state.raw<Planned | undefined>(undefined);
  #all = $state.raw<Planned | undefined>(undefined);
  #withOthers = $state(false);
  #problem = $state.raw<ErrorRecord>();
  readonly #rows: readonly LibraryRow[];
  readonly #app: App;

  constructor(app: App, rows: readonly LibraryRow[]) {
    this.#app = app;
    this.#rows = rows;
  }

  /** What docker would be asked to remove, a word a name. */
  get words(): readonly string[] {
    return this.#withOthers ? this.#allWords() : this.#rows.map(wordOf);
  }

  get command(): string {
    return `docker rmi ${this.words.join(' ')}`;
  }

  /** Undefined until it has been worked out. */
  get view(): RemovalView | undefined {
    return this.#chosen?.view;
  }

  /** Other names that keep these images: how many, and what would come free without them too. Undefined where there are none. */
  get others(): { readonly count: number; readonly freed: number } | undefined {
    const count = this.#allWords().length - this.#rows.length;
    return count > 0 && this.#all ? { count, freed: this.#all.view.freed } : undefined;
  }

  get withOthers(): boolean {
    return this.#withOthers;
  }

  toggleOthers(): void {
    this.#withOthers = !this.#withOthers;
  }

  /** Why it could not be worked out. */
  get problem(): ErrorRecord | undefined {
    return this.#problem;
  }

  /** Works out what would happen; nothing changes, and nothing rejects. */
  async plan(): Promise<void> {
    const shown = this.#rows.map(wordOf);
    const all = this.#allWords();
    try {
      this.#shown = await this.#planOf(shown);
      if (all.length > shown.length) this.#all = await this.#planOf(all);
    } catch (error) {
      this.#problem = toErrorRecord(error);
    }
  }

  /** Carries out what is shown, and offers to undo it. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const planned = this.#chosen;
    if (!planned) return;
    await carryOutRemoval(this.#app, {
      plan: planned.plan,
      what: this.#describe(),
      count: this.words.length,
      askAgain: () => this.#app.actions.open('remove', this.#rows),
    });
  }

  get #chosen(): Planned | undefined {
    return this.#withOthers ? this.#all : this.#shown;
  }

  #allWords(): readonly string[] {
    return this.#rows.flatMap(wordsOf);
  }

  async #planOf(words: readonly string[]): Promise<Planned> {
    const { store, settings, library } = this.#app;
    const plan = await planRemoval(store, { words, platform: settings.platform });
    return { plan, view: removalView(plan, library.rows) };
  }

  #describe(): string {
    const [first = '', ...more] = this.words;
    return more.length === 0
      ? first
      : this.#app.i18n.texts.actions.andMoreNames(first, more.length);
  }
}
