import type { LayerStacks, LayerView, ViewRequest } from '../image/layer-stacks';

export interface ViewListener {
  /** Undefined where nothing of what was asked for is known yet. */
  onView(view: LayerView | undefined): void;
  /** Entries of the final filesystem, once all layers are known. */
  onFileCount(count: number): void;
}

/**
 * Builds the view that is wanted, one at a time. Another layer or mode ends the present build at once; more of the same layer waits for it,
 * so that a layer that is still being read shows what there is instead of beginning again and again.
 */
export class ViewFollower {
  readonly #stacks: LayerStacks;
  readonly #listener: ViewListener;
  #wanted: ViewRequest | undefined;
  #controller: AbortController | undefined;

  constructor(stacks: LayerStacks, listener: ViewListener) {
    this.#stacks = stacks;
    this.#listener = listener;
  }

  follow(request: ViewRequest): void {
    const present = this.#wanted;
    if (present && isSameRequest(present, request)) return;
    const isSameView = present?.mode === request.mode && present.layer === request.layer;
    if (!isSameView) this.stop();
    this.#wanted = request;
    if (this.#controller) return;
    const controller = new AbortController();
    this.#controller = controller;
    this.#catchUp(controller.signal)
      .catch((error: unknown) => {
        if (!controller.signal.aborted) throw error;
      })
      .finally(() => {
        if (this.#controller === controller) this.#controller = undefined;
      });
  }

  /** Ends the present build, which then is not wanted any more. */
  stop(): void {
    if (!this.#controller) return;
    this.#controller.abort();
    this.#controller = undefined;
    this.#wanted = undefined;
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    for (let built: ViewRequest | undefined; built !== this.#wanted;) {
      built = this.#wanted;
      if (!built) return;
      const view = await this.#stacks.view(built, { signal });
      signal.throwIfAborted();
      this.#listener.onView(view);
      if (!built.isComplete) continue;
      const known = built.indexes.filter((index) => index !== undefined);
      const count = await this.#stacks.fileCount(known, { signal });
      signal.throwIfAborted();
      this.#listener.onFileCount(count);
    }
  }
}

function isSameRequest(a: ViewRequest, b: ViewRequest): boolean {
  return (
    a.mode === b.mode &&
    a.layer === b.layer &&
    a.isComplete === b.isComplete &&
    a.knownThrough > a.layer === b.knownThrough > b.layer &&
    a.indexes.length === b.indexes.length &&
    a.indexes.every((index, i) => index === b.indexes[i])
  );
}
