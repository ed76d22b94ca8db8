import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import { planPrune, type RemovalPlan } from '../../image/removal/removal-plan';
import type { App } from '../app.svelte';
import { carryOutRemoval } from './carry-out-removal';
import { removalView, type RemovalView } from './removal-view';

/** Removing images that nothing uses: those without a name or, where that is chosen, all of them, as there are no containers here. */
export class Pruning {
  #dangling = $state.raw<RemovalPlan | undefined>(undefined);
  #all = $state.raw<RemovalPlan | undefined>(undefined);
  #takesAll = $state(false);
  #problem = $state.raw<ErrorRecord>();
  readonly #view: RemovalView | undefined;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.#view = $derived(this.#chosen && removalView(this.#chosen, app.library.rows));
  }

  get command(): string {
    return `docker image prune -f${this.#takesAll ? ' -a' : ''}`;
  }

  /** Undefined until it has been worked out. */
  get view(): RemovalView | undefined {
    return this.#view;
  }

  /** Bytes that come free where images with a name go, too; undefined until it has been worked out. */
  get freedByAll(): number | undefined {
    return this.#all?.freed.bytes;
  }

  get takesAll(): boolean {
    return this.#takesAll;
  }

  toggleAll(): void {
    this.#takesAll = !this.#takesAll;
  }

  /** Why it could not be worked out. */
  get problem(): ErrorRecord | undefined {
    return this.#problem;
  }

  /** Works out what would happen; nothing changes, and nothing rejects. */
  async plan(): Promise<void> {
    try {
      this.#dangling = await this.#planOf(false);
      this.#all = await this.#planOf(true);
    } catch (error) {
      this.#problem = toErrorRecord(error);
    }
  }

  /** Carries out what is shown, and offers to undo it. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const { actions, i18n } = this.#app;
    const plan = this.#chosen;
    if (!plan) return;
    const count = plan.removed.images.length;
    const what = i18n.texts.actions.images(count);
    await carryOutRemoval(this.#app, { plan, what, count, askAgain: () => actions.openPrune() });
  }

  get #chosen(): RemovalPlan | undefined {
    return this.#takesAll ? this.#all : this.#dangling;
  }

  #planOf(all: boolean): Promise<RemovalPlan> {
    const { store, settings } = this.#app;
    const filter = (): Promise<boolean> => Promise.resolve(true);
    return planPrune(store, { all, filter, platform: settings.platform });
  }
}
