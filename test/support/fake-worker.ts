import type { FromWorker, ToWorker } from '../../src/workers/protocol';

/** A worker that does what a test says: it notes what it is told, and `says` what the test wants. */
export class FakeWorker extends EventTarget {
  readonly heard: ToWorker[] = [];
  isTerminated = false;

  postMessage(message: unknown): void {
    this.heard.push(message as ToWorker);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  says(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  crashes(why = 'out of memory'): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: why }));
  }

  garbles(): void {
    this.dispatchEvent(new MessageEvent('messageerror'));
  }

  /** The id of the job that it was last given. */
  get job(): number {
    return this.heard.findLast(({ kind }) => kind === 'start')?.id ?? 0;
  }

  /** Ends its job well. */
  finishes(): void {
    this.says({ kind: 'done', id: this.job, result: 0 });
  }
}
