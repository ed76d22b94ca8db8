/** Last parameter of whatever waits for something that can be given up. Abort rejects with `signal.reason`. */
export interface AbortOptions {
  readonly signal?: AbortSignal | undefined;
}

/** `done` never decreases. Bytes are bytes of input consumed, so that `total` is known. At most ten a second, and the last. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'items';
  /** What the phase is about: a file name, a digest. */
  readonly subject?: string | undefined;
}

/** Last parameter of whatever can outlast a frame. Abort rejects with `signal.reason`, rolls back, and is never shown as an error. */
export interface TaskOptions extends AbortOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Milliseconds since the epoch; handed in, so that "2 weeks ago" can be tested. */
export type Clock = () => number;
