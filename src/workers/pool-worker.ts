import { WorkerError } from './errors';
import type { PoolTask } from './pool-task';
import type { FromWorker, ToWorker } from './protocol';

/** What the pool needs of a Worker. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

interface PoolWorkerEvents {
  /** The task has ended, and the worker takes another. */
  readonly onIdle: (worker: PoolWorker) => void;
  /** The worker is gone, and its task has failed. */
  readonly onGone: (worker: PoolWorker) => void;
}

/** One worker and its one task. */
export class PoolWorker {
  readonly #worker: WorkerLike;
  readonly #events: PoolWorkerEvents;
  readonly #cancelTimeout: number;
  #task: PoolTask | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #isGone = false;

  /** `cancelTimeout`: how long a cancelled job may clean up, milliseconds. */
  constructor(worker: WorkerLike, cancelTimeout: number, events: PoolWorkerEvents) {
    this.#worker = worker;
    this.#cancelTimeout = cancelTimeout;
    this.#events = events;
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener('messageerror', () => this.#crash('a message could not be read'));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#crash(event.message);
    });
  }

  get task(): PoolTask | undefined {
    return this.#task;
  }

  /** Begins a task; the worker must be idle. */
  begin(task: PoolTask): void {
    this.#task = task;
    this.#post(task.start);
  }

  /** Asks the job to stop, and ends the worker where it does not in time. */
  cancel(): void {
    if (!this.#task || this.#patience !== undefined) return;
    this.#post({ kind: 'cancel', id: this.#task.start.id });
    this.#patience = setTimeout(() => this.#crash('it did not stop'), this.#cancelTimeout);
  }

  /** Ends the worker, and fails what it was doing. */
  terminate(reason: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#worker.terminate();
    this.#endTask()?.fail(reason);
    this.#events.onGone(this);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (this.#isGone || message.id !== this.#task?.start.id) return;
    if (!this.#task.receive(message)) return;
    this.#endTask();
    this.#events.onIdle(this);
  }

  #crash(why: string): void {
    const job = this.#task?.start.job ?? 'none';
    this.terminate(
      new WorkerError(
        'worker-crashed',
        'The background worker that was reading this stopped unexpectedly, maybe for lack of memory; try again.',
        { detail: { job, why } },
      ),
    );
  }

  #endTask(): PoolTask | undefined {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const task = this.#task;
    this.#task = undefined;
    return task;
  }
}
