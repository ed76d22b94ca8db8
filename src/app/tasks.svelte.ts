import { isAbort, toErrorRecord, type ErrorRecord } from '../base/errors';
import type { Clock, Progress, TaskOptions } from '../base/task';
import { SpeedMeter } from './speed-meter';

export type TaskState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** What a task is about is its subject: a file's name of a load, an import or a save, an image's name of a pull, a push or a look, a command's line. */
export type TaskKind = 'load' | 'import' | 'save' | 'pull' | 'push' | 'look' | 'command';

/** Milliseconds for which progress stays as it is shown: each change of it is drawn in several places. */
const SHOWN_MS = 200;

/** Milliseconds without a report after which nothing moves, and no speed is shown. */
const STILL_MS = 1500;

/** Something long that is going on: it has a row or a line on every screen, and can be cancelled. */
export class Task {
  readonly id: number;
  readonly kind: TaskKind;
  readonly subject: string;
  #state = $state.raw<TaskState>({ kind: 'running' });
  #progress = $state.raw<Progress | undefined>(undefined);
  #speed = $state.raw<number | undefined>(undefined);
  readonly #controller = new AbortController();
  readonly #meter: SpeedMeter;
  readonly #now: Clock;
  #shownAt = -Infinity;
  #stillness: ReturnType<typeof setTimeout> | undefined;

  constructor({ id, kind, subject }: Pick<Task, 'id' | 'kind' | 'subject'>, now: Clock) {
    this.id = id;
    this.kind = kind;
    this.subject = subject;
    this.#meter = new SpeedMeter(now);
    this.#now = now;
  }

  get state(): TaskState {
    return this.#state;
  }

  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Bytes a second over the last seconds; undefined until it is known, and for what is not counted in bytes. */
  get speed(): number | undefined {
    return this.#speed;
  }

  /** Done of the whole, 0 to 1; undefined where the whole is not known. */
  get fraction(): number | undefined {
    const { done, total } = this.#progress ?? {};
    return done === undefined || !total ? undefined : Math.min(1, done / total);
  }

  cancel(): void {
    this.#controller.abort();
  }

  async run<T>(work: (options: TaskOptions) => Promise<T>): Promise<T> {
    const onProgress = (progress: Progress): void => {
      const speed = this.#meter.add(progress);
      clearTimeout(this.#stillness);
      this.#stillness = setTimeout(() => (this.#speed = undefined), STILL_MS);
      const now = this.#now();
      const isSame = this.#progress?.phase === progress.phase;
      if (isSame && now - this.#shownAt < SHOWN_MS) return;
      this.#shownAt = now;
      this.#progress = progress;
      this.#speed = speed;
    };
    try {
      const result = await work({ signal: this.#controller.signal, onProgress });
      this.#state = { kind: 'done' };
      return result;
    } catch (error) {
      this.#state =
        isAbort(error) || this.#controller.signal.aborted
          ? { kind: 'cancelled' }
          : { kind: 'failed', error: toErrorRecord(error) };
      throw error;
    } finally {
      clearTimeout(this.#stillness);
    }
  }
}

/** All that is going on in this tab. */
export class Tasks {
  #running = $state.raw<readonly Task[]>([]);
  readonly now: Clock;
  readonly #held = new Set<Promise<unknown>>();
  #nextId = 1;

  constructor(now: Clock) {
    this.now = now;
  }

  /** Running ones, oldest first. */
  get running(): readonly Task[] {
    return this.#running;
  }

  /** A task that shows up as running until what it runs has ended. Its outcome is the caller's to show. */
  start<T>(
    { kind, subject }: Pick<Task, 'kind' | 'subject'>,
    work: (options: TaskOptions) => Promise<T>,
  ): { readonly task: Task; readonly result: Promise<T> } {
    const task = new Task({ id: this.#nextId++, kind, subject }, this.now);
    this.#running = [...this.#running, task];
    const result = this.hold(
      task.run(work).finally(() => {
        this.#running = this.#running.filter((other) => other !== task);
      }),
    );
    return { task, result };
  }

  /** Counts as work until it has ended, and shows up nowhere: what a script runs. */
  hold<T>(work: Promise<T>): Promise<T> {
    const held = work.finally(() => this.#held.delete(held));
    this.#held.add(held);
    return held;
  }

  /** No task runs, nor anything else that the end of the page would break off. */
  get isIdle(): boolean {
    return this.#held.size === 0;
  }

  /** Resolves once the tab is idle. */
  async idle(): Promise<void> {
    while (!this.isIdle) await Promise.allSettled(this.#held);
  }
}
