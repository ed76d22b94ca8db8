import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WorkerPool, type WorkerPoolOptions } from '../../../src/workers/pool';
import type { RunOptions } from '../../../src/workers/pool-task';
import { FakeWorker } from '../../support/fake-worker';

const MiB = 1024 * 1024;
const aborted = new DOMException('enough', 'AbortError');

let workers: FakeWorker[];

beforeEach(() => {
  vi.useFakeTimers();
  workers = [];
});
afterEach(() => vi.useRealTimers());

function poolOf(concurrency: number, options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const createWorker = (): FakeWorker => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  };
  return new WorkerPool({ createWorker, concurrency, ...options });
}

/** A Blob that says it has this size, and has no bytes. */
function blobOf(size: number): Blob {
  return Object.defineProperty(new Blob(), 'size', { value: size });
}

function unpack(pool: WorkerPool, size = 1, options: RunOptions<'unpackArchive'> = {}) {
  return pool.run('unpackArchive', { blob: blobOf(size), scratch: 'scratch' }, options);
}

/** Sizes of the blobs that workers were given, in the order of the workers. */
function sizesBegun(): (number | undefined)[] {
  return workers.map(({ heard }) => {
    const last = heard.findLast((message) => message.kind === 'start');
    return last && 'blob' in last.request ? last.request.blob.size : undefined;
  });
}

describe('the worker pool', () => {
  it('answers with the result of the job', async () => {
    const pool = poolOf(2);
    const result = unpack(pool);
    workers[0]?.says({ kind: 'done', id: workers[0].job, result: 42 });
    expect(await result).toBe(42);
  });

  it('rejects with the error of the job, code and detail included', async () => {
    const pool = poolOf(2);
    const result = unpack(pool);
    const error = { code: 'truncated', message: 'It ends early.', detail: { offset: 7 } };
    workers[0]?.says({ kind: 'failed', id: workers[0].job, error });
    await expect(result).rejects.toMatchObject(error);
  });

  it('runs as many jobs as it may, and begins the largest of those that wait', () => {
    const pool = poolOf(2);
    for (const size of [1, 5, 3, 9]) void unpack(pool, size);
    expect(sizesBegun()).toEqual([1, 5]);
    workers[1]?.finishes();
    workers[0]?.finishes();
    expect(sizesBegun()).toEqual([3, 9]);
  });

  it('never has fewer than one worker or more than eight', () => {
    const none = poolOf(0);
    void unpack(none);
    expect(workers).toHaveLength(1);
    const many = poolOf(64);
    for (let i = 0; i < 20; i++) void unpack(many);
    expect(workers).toHaveLength(1 + 8);
  });

  it('runs fewer jobs where they are large, as memory is bounded', () => {
    const pool = poolOf(8);
    for (let i = 0; i < 8; i++) void unpack(pool, 500 * MiB);
    expect(workers).toHaveLength(4);
    workers[0]?.finishes();
    expect(workers).toHaveLength(4);
    expect(workers[0]?.heard).toHaveLength(2);
  });

  it('begins what is urgent at once, beside a pool that is full', async () => {
    const pool = poolOf(1);
    void unpack(pool, 1);
    void unpack(pool, 2);
    const urgent = unpack(pool, 3, { urgent: true });
    void unpack(pool, 4, { urgent: true });
    expect(sizesBegun()).toEqual([1, 3]);
    workers[1]?.finishes();
    await urgent;
    expect(sizesBegun()).toEqual([1, 4]);
  });

  it('hands on progress and events until the end', async () => {
    const pool = poolOf(1);
    const onProgress = vi.fn();
    const onEvent = vi.fn();
    const result = pool.run(
      'indexLayer',
      { blob: blobOf(1), what: 'layer 1' },
      { onProgress, onEvent },
    );
    const { job: id } = workers[0]!;
    const progress = { phase: 'indexing', done: 1, total: 2, unit: 'bytes' } as const;
    workers[0]?.says({ kind: 'progress', id, progress });
    workers[0]?.says({ kind: 'event', id, event: new ArrayBuffer(1) });
    workers[0]?.says({ kind: 'done', id, result: new ArrayBuffer(2) });
    workers[0]?.says({ kind: 'progress', id, progress });
    expect((await result).byteLength).toBe(2);
    expect(onProgress.mock.calls).toEqual([[progress]]);
    expect(onEvent).toHaveBeenCalledOnce();
  });
});

describe('a cancelled job', () => {
  it('never begins where it was already cancelled, or still waits', async () => {
    const pool = poolOf(1);
    await expect(unpack(pool, 1, { signal: AbortSignal.abort(aborted) })).rejects.toBe(aborted);
    void unpack(pool, 1);
    const controller = new AbortController();
    const waiting = unpack(pool, 2, { signal: controller.signal });
    controller.abort(aborted);
    await expect(waiting).rejects.toBe(aborted);
    workers[0]?.finishes();
    expect(workers.flatMap(({ heard }) => heard)).toHaveLength(1);
  });

  it('rejects with the reason once the worker has stopped, and the worker is used again', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const onProgress = vi.fn();
    const result = unpack(pool, 1, { signal: controller.signal, onProgress });
    controller.abort(aborted);
    const { job: id } = workers[0]!;
    expect(workers[0]?.heard.at(-1)).toEqual({ kind: 'cancel', id });
    const progress = { phase: 'unpacking', done: 1, total: 2, unit: 'bytes' } as const;
    workers[0]?.says({ kind: 'progress', id, progress });
    const error = { code: 'aborted', message: 'Cancelled.', detail: {} };
    workers[0]?.says({ kind: 'failed', id, error });
    await expect(result).rejects.toBe(aborted);
    expect(onProgress).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    void unpack(pool, 1);
    expect(workers[0]?.isTerminated).toBe(false);
    expect(workers).toHaveLength(1);
  });

  it('counts as cancelled even where it was done in the meantime', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const result = unpack(pool, 1, { signal: controller.signal });
    controller.abort(aborted);
    workers[0]?.finishes();
    await expect(result).rejects.toBe(aborted);
  });

  it('has its worker ended after 250 ms without an answer, and the next job gets another', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const result = unpack(pool, 1, { signal: controller.signal });
    const next = unpack(pool, 1);
    controller.abort(aborted);
    vi.advanceTimersByTime(249);
    expect(workers[0]?.isTerminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(workers[0]?.isTerminated).toBe(true);
    await expect(result).rejects.toBe(aborted);
    workers[1]?.finishes();
    expect(await next).toBe(0);
  });
});

describe('a worker that crashes', () => {
  it('fails its own job alone, and is replaced', async () => {
    const pool = poolOf(2);
    const lost = unpack(pool, 2);
    const other = unpack(pool, 1);
    const next = unpack(pool, 3);
    workers[0]?.crashes();
    await expect(lost).rejects.toMatchObject({
      code: 'worker-crashed',
      detail: { job: 'unpackArchive', why: 'out of memory' },
    });
    workers[1]?.finishes();
    workers[2]?.finishes();
    expect(await Promise.all([other, next])).toEqual([0, 0]);
  });

  it('is also one whose messages cannot be read', async () => {
    const pool = poolOf(1);
    const lost = unpack(pool);
    workers[0]?.garbles();
    await expect(lost).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(workers[0]?.isTerminated).toBe(true);
  });

  it('is taken out when it had nothing to do', () => {
    const pool = poolOf(1);
    void unpack(pool);
    workers[0]?.finishes();
    workers[0]?.crashes();
    void unpack(pool);
    expect(workers).toHaveLength(2);
  });
});

describe('workers that have nothing to do', () => {
  it('are dismissed after a while, but for one', () => {
    const pool = poolOf(3, { idleTimeout: 10_000 });
    for (let i = 0; i < 3; i++) void unpack(pool);
    for (const worker of workers) worker.finishes();
    vi.advanceTimersByTime(9_999);
    expect(workers.filter(({ isTerminated }) => isTerminated)).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(workers.filter(({ isTerminated }) => isTerminated)).toHaveLength(2);
    void unpack(pool);
    expect(workers).toHaveLength(3);
  });

  it('stay while they are used', () => {
    const pool = poolOf(2, { idleTimeout: 10_000 });
    for (let i = 0; i < 2; i++) void unpack(pool);
    for (const worker of workers) worker.finishes();
    vi.advanceTimersByTime(9_000);
    for (let i = 0; i < 2; i++) void unpack(pool);
    vi.advanceTimersByTime(60_000);
    expect(workers.filter(({ isTerminated }) => isTerminated)).toHaveLength(0);
  });
});

describe('a pool that is closed', () => {
  it('ends its workers, and rejects what ran and what waited', async () => {
    const pool = poolOf(1);
    const results = [unpack(pool), unpack(pool)];
    pool.close();
    for (const result of results) {
      await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true]);
  });
});
