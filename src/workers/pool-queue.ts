import type { PoolTask } from './pool-task';

/** Tasks that wait: the urgent first, as they came; then the largest, so that the longest is not begun last. */
export class PoolQueue {
  readonly #urgent: PoolTask[] = [];
  readonly #others: PoolTask[] = [];

  add(task: PoolTask): void {
    if (task.urgent) this.#urgent.push(task);
    else {
      // From the end: many tasks of a kind come in their order.
      const before = this.#others.findLastIndex(({ size }) => size >= task.size);
      this.#others.splice(before + 1, 0, task);
    }
  }

  /** The task that is next; it stays in the queue. */
  peek(): PoolTask | undefined {
    return this.#urgent[0] ?? this.#others[0];
  }

  /** False where it is not waiting. */
  remove(task: PoolTask): boolean {
    for (const list of [this.#urgent, this.#others]) {
      const at = list.indexOf(task);
      if (at >= 0) return list.splice(at, 1).length > 0;
    }
    return false;
  }
}
