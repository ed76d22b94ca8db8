import { PoolQueue } from './pool-queue';
import { JobTask, type PoolTask, type RunOptions } from './pool-task';
import { PoolWorker, type WorkerLike } from './pool-worker';
import type { JobMap, JobName } from './protocol';

export interface WorkerPoolOptions {
  readonly createWorker: () => WorkerLike;
  /** Jobs at a time, urgent ones aside: `navigator.hardwareConcurrency`. One to eight are used. */
  readonly concurrency: number;
  /** How long a worker that has nothing to do stays, milliseconds. The last one stays for good. */
  readonly idleTimeout?: number;
  /** How long a cancelled job may take to stop before its worker is ended, milliseconds. */
  readonly cancelTimeout?: number;
}

const MAX_WORKERS = 8;
const IDLE_TIMEOUT_MS = 20_000;
const CANCEL_TIMEOUT_MS = 250;

/** Layers that can be fetched at once, however few processors there are. */
const DOWNLOADS = 3;

const MiB = 1024 * 1024;
/** What all jobs together may take, as far as that can be told from the bytes that they read. */
const MEMORY_BUDGET = 400 * MiB;
/** A worker with its decoders and hash, and the chunks, parts and index columns of a layer, which grow with it up to a bound. */
const WORKER_MEMORY = 32 * MiB;
const READING_MEMORY = 64 * MiB;

/**
 * Runs jobs in workers, one each, and begins the largest first. Workers are made when they are needed and dismissed when they are not; one
 * that crashes, or does not stop when it is told to, fails its own job alone and is replaced.
 */
export class WorkerPool {
  readonly #createWorker: () => WorkerLike;
  readonly #limit: number;
  readonly #idleTimeout: number;
  readonly #cancelTimeout: number;
  readonly #queue = new PoolQueue();
  readonly #workers = new Set<PoolWorker>();
  readonly #dismissals = new Map<PoolWorker, ReturnType<typeof setTimeout>>();
  #lastId = 0;

  constructor(options: WorkerPoolOptions) {
    this.#createWorker = options.createWorker;
    this.#limit = Math.max(1, Math.min(options.concurrency, MAX_WORKERS));
    this.#idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT_MS;
    this.#cancelTimeout = options.cancelTimeout ?? CANCEL_TIMEOUT_MS;
  }

  /**
   * Runs a job. Rejects with the job's own CodedError, with `worker-crashed`, or when it is aborted with the signal's reason: once the job
   * has cleaned up, or its worker was ended.
   */
  async run<Name extends JobName>(
    job: Name,
    request: JobMap[Name]['request'],
    options: RunOptions<Name> = {},
  ): Promise<JobMap[Name]['result']> {
    options.signal?.throwIfAborted();
    const task = new JobTask({ kind: 'start', id: ++this.#lastId, job, request }, options);
    const onAbort = (): void => this.#cancel(task);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    this.#queue.add(task);
    this.#beginWhatFits();
    try {
      return await task.result;
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Makes workers that are to have work soon, so that they are there when it comes. */
  prepare(count: number): void {
    while (this.#workers.size < Math.min(count, this.#limit)) this.#dismissLater(this.#addWorker());
  }

  /** Ends every worker; what they were doing, and what waited, rejects as aborted. */
  close(): void {
    const reason = new DOMException('The worker pool was closed.', 'AbortError');
    for (let task = this.#queue.peek(); task; task = this.#queue.peek()) {
      this.#queue.remove(task);
      task.fail(reason);
    }
    for (const worker of this.#workers) worker.terminate(reason);
  }

  #beginWhatFits(): void {
    for (let task = this.#queue.peek(); task && this.#fits(task); task = this.#queue.peek()) {
      this.#queue.remove(task);
      const worker = this.#idleWorker() ?? this.#addWorker();
      clearTimeout(this.#dismissals.get(worker));
      worker.begin(task);
    }
  }

  /** Urgent tasks have one worker more than the others. What waits for a network does not keep a processor: it counts apart. */
  #fits(task: PoolTask): boolean {
    const running = [...this.#workers].flatMap((worker) => worker.task ?? []);
    const memory = running.reduce((sum, other) => sum + memoryOf(other), memoryOf(task));
    const isPull = isDownload(task);
    const beside = running.filter((other) => isDownload(other) === isPull).length;
    const limit = isPull ? Math.max(DOWNLOADS, this.#limit) : this.#limit;
    const isFree = beside < (task.urgent ? limit + 1 : limit);
    return isFree && (running.length === 0 || memory <= MEMORY_BUDGET);
  }

  #cancel(task: PoolTask): void {
    if (this.#queue.remove(task)) task.fail(new DOMException('Cancelled.', 'AbortError'));
    else for (const worker of this.#workers) if (worker.task === task) worker.cancel();
  }

  #idleWorker(): PoolWorker | undefined {
    return [...this.#workers].find((worker) => !worker.task);
  }

  #addWorker(): PoolWorker {
    const worker = new PoolWorker(this.#createWorker(), this.#cancelTimeout, {
      onIdle: (idle) => {
        this.#beginWhatFits();
        if (!idle.task) this.#dismissLater(idle);
      },
      onGone: (gone) => {
        clearTimeout(this.#dismissals.get(gone));
        this.#dismissals.delete(gone);
        this.#workers.delete(gone);
        this.#beginWhatFits();
      },
    });
    this.#workers.add(worker);
    return worker;
  }

  #dismissLater(worker: PoolWorker): void {
    const dismiss = (): void => {
      const isNeeded = worker.task !== undefined || this.#workers.size === 1;
      if (!isNeeded) worker.terminate(new DOMException('Dismissed.', 'AbortError'));
    };
    clearTimeout(this.#dismissals.get(worker));
    this.#dismissals.set(worker, setTimeout(dismiss, this.#idleTimeout));
  }
}

function isDownload({ start }: PoolTask): boolean {
  return start.job === 'pullLayer';
}

function memoryOf({ size }: PoolTask): number {
  return WORKER_MEMORY + Math.min(size, READING_MEMORY);
}
