import { fromErrorRecord } from '../base/errors';
import type { TaskOptions } from '../base/task';
import type { FromWorker, JobMap, JobName, JobStart } from './protocol';

export interface RunOptions<Name extends JobName> extends TaskOptions {
  /** What the job says in between. A buffer is the listener's. */
  readonly onEvent?: ((event: JobMap[Name]['event']) => void) | undefined;
  /** Somebody at the screen waits for this: it goes first, and beside a pool that is full. */
  readonly urgent?: boolean | undefined;
}

/** A call of `run`, whatever its job: what the pool orders, starts and ends. */
export interface PoolTask {
  readonly start: JobStart<JobName>;
  /** Bytes to be read: the largest is begun first. */
  readonly size: number;
  readonly urgent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Hands on what the worker says; true where that was the last of it. */
  receive(message: FromWorker): boolean;
  /** Ends it: with the reason of its abort where it was cancelled, else with this. */
  fail(error: Error): void;
}

/** The task of one typed call, whose `result` settles once. */
export class JobTask<Name extends JobName> implements PoolTask {
  readonly start: JobStart<Name>;
  readonly size: number;
  readonly urgent: boolean;
  readonly result: Promise<JobMap[Name]['result']>;
  readonly #options: RunOptions<Name>;
  #resolve: (result: JobMap[Name]['result']) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(start: JobStart<Name>, options: RunOptions<Name>) {
    const { request } = start;
    this.start = start;
    this.size = 'remote' in request ? request.remote.size : request.blob.size;
    this.urgent = options.urgent ?? false;
    this.#options = options;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  receive(message: FromWorker): boolean {
    switch (message.kind) {
      case 'progress':
        if (!this.signal?.aborted) this.#options.onProgress?.(message.progress);
        return false;
      case 'event':
        if (!this.signal?.aborted) this.#options.onEvent?.(message.event);
        return false;
      case 'done':
        if (this.signal?.aborted) this.#reject(this.signal.reason);
        else this.#resolve(message.result);
        return true;
      case 'failed':
        this.fail(fromErrorRecord(message.error));
        return true;
      default:
        return message satisfies never;
    }
  }

  fail(error: Error): void {
    this.#reject(this.signal?.aborted ? this.signal.reason : error);
  }
}
