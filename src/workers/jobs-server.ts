import { toErrorRecord } from '../base/errors';
import type { Progress, TaskOptions } from '../base/task';
import { readingBlob } from '../base/unreadable';
import type { FromWorker, JobMap, JobName, JobStart, ToWorker } from './protocol';

export interface JobOptions<Name extends JobName> extends TaskOptions {
  readonly signal: AbortSignal;
  /** Sends something before the result. A buffer is transferred: it is gone here. */
  readonly onEvent: (event: JobMap[Name]['event']) => void;
}

/** What a worker does for each job. */
export type JobHandlers = {
  readonly [Name in JobName]: (
    request: JobMap[Name]['request'],
    options: JobOptions<Name>,
  ) => Promise<JobMap[Name]['result']>;
};

/** The worker's end of the line to the pool: its global scope. */
interface JobPort {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** Answers the pool's messages with these handlers. Errors cross as plain records, buffers are transferred. */
export function serveJobs(port: JobPort, handlers: JobHandlers): void {
  const running = new Map<number, AbortController>();

  const post = (message: FromWorker, payload?: unknown): void =>
    port.postMessage(message, buffersOf(payload));

  const serve = async <Name extends JobName>(start: JobStart<Name>): Promise<void> => {
    const { id, job, request } = start;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const options = {
        signal: controller.signal,
        onProgress: (progress: Progress) => post({ kind: 'progress', id, progress }),
        onEvent: (event: JobMap[Name]['event']) => post({ kind: 'event', id, event }, event),
      };
      const work = (): Promise<JobMap[Name]['result']> => handlers[job](request, options);
      const result = await ('blob' in request ? readingBlob(request.blob, work) : work());
      post({ kind: 'done', id, result }, result);
    } catch (error) {
      post({ kind: 'failed', id, error: toErrorRecord(error) });
    } finally {
      running.delete(id);
    }
  };

  port.addEventListener('message', ({ data }) => {
    if (data.kind === 'start') void serve(data);
    else running.get(data.id)?.abort(new DOMException('Cancelled.', 'AbortError'));
  });
}

/** What is transferred: a buffer, or that of a result's bytes. */
function buffersOf(payload: unknown): Transferable[] {
  if (payload instanceof ArrayBuffer) return [payload];
  const hasBytes = typeof payload === 'object' && payload !== null && 'bytes' in payload;
  if (!hasBytes || !(payload.bytes instanceof Uint8Array)) return [];
  return payload.bytes.buffer instanceof ArrayBuffer ? [payload.bytes.buffer] : [];
}
