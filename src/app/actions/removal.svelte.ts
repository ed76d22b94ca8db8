import { isCoded, toErrorRecord } from '../../base/errors';
import { beginRemoval } from '../../image/removal/removal';
import { planRemoval, type RemovalPlan } from '../../image/removal/removal-plan';
import type { Store } from '../../store/store';
import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';
import { wordOf, wordsOf } from '../library/row-words';
import { removalLines, type RemovalLine } from './removal-view';

/** How long a removal can be undone, ms. */
const UNDO_MS = 10_000;

/** A plan as the dialog shows it. */
export interface RemovalView {
  readonly lines: readonly RemovalLine[];
  /** Bytes that come free. */
  readonly freed: number;
  /** Nothing would be removed. */
  readonly isEmpty: boolean;
}

interface Planned {
  readonly plan: RemovalPlan;
  readonly view: RemovalView;
}

/** Removing what rows show: the first name of each or, where that is chosen, all names. From the question to the end of the offer to undo. */
export class Removal {
  #shown = $state.raw<Planned | undefined>(undefined);
  #all = $state.raw<Planned | undefined>(undefined);
  #withOthers = $state(false);
  readonly #rows: readonly LibraryRow[];
  readonly #app: App;
  readonly #store: Store;

  constructor(app: App, rows: readonly LibraryRow[]) {
    this.#app = app;
    this.#store = app.store;
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

  /** Works out what would happen; nothing changes. */
  async plan(): Promise<void> {
    const shown = this.#rows.map(wordOf);
    const all = this.#allWords();
    this.#shown = await this.#planOf(shown);
    if (all.length > shown.length) this.#all = await this.#planOf(all);
  }

  /** Carries out what is shown, and offers to undo it. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const { notices, selection, i18n } = this.#app;
    const planned = this.#chosen;
    if (!planned) return;
    const what = this.#describe();
    const count = this.words.length;
    const texts = i18n.texts.actions;
    try {
      const removal = await beginRemoval(this.#store, planned.plan);
      selection.clear();
      this.#leaveRemoved(planned.plan);
      notices.offer(texts.removed(what), {
        forMs: UNDO_MS,
        action: {
          label: texts.undo,
          run: () =>
            void removal
              .undo()
              .then(
                (taken) =>
                  notices.say(
                    taken.length > 0 ? texts.taken(taken.join(', ')) : texts.undone(what, count),
                  ),
                this.#fail,
              ),
        },
        ended: () => void removal.collect().catch(this.#fail),
      });
    } catch (error) {
      if (isCoded(error) && error.code === 'store-conflict') {
        notices.say(texts.changedMeanwhile);
        this.#app.actions.open('remove', this.#rows);
      } else this.#fail(error);
    }
  }

  get #chosen(): Planned | undefined {
    return this.#withOthers ? this.#all : this.#shown;
  }

  #allWords(): readonly string[] {
    return this.#rows.flatMap(wordsOf);
  }

  async #planOf(words: readonly string[]): Promise<Planned> {
    const { settings, library } = this.#app;
    const plan = await planRemoval(this.#store, { words, platform: settings.platform });
    const { removed, changed, freed } = plan;
    return {
      plan,
      view: {
        lines: removalLines(plan, library.rows),
        freed: freed.bytes,
        isEmpty: removed.refs.length + removed.images.length + changed.length === 0,
      },
    };
  }

  #describe(): string {
    const [first = '', ...more] = this.words;
    return more.length === 0
      ? first
      : this.#app.i18n.texts.actions.andMoreNames(first, more.length);
  }

  /** The page of an image that is gone has nothing left to show. */
  #leaveRemoved({ outcomes }: RemovalPlan): void {
    const { router } = this.#app;
    const { route } = router;
    if (route.page !== 'image') return;
    const isGone = outcomes.some(
      (outcome) =>
        outcome.kind === 'removed' &&
        outcome.steps.some(
          (step) => step.kind === 'image-deleted' && step.digest === route.imageId,
        ),
    );
    if (isGone) router.go({ page: 'images' });
  }

  readonly #fail = (error: unknown): void => {
    this.#app.notices.fail({ error: toErrorRecord(error) });
  };
}
