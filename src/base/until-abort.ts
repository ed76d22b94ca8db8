type Reject = (reason: Error) => void;

/** Who waits under each signal. They share one listener: a signal that many layers have would else gather one of each. */
const waiting = new WeakMap<AbortSignal, Set<Reject>>();

/** The promise's outcome, or the signal's reason as soon as it aborts: for work that others wait for as well. */
export async function untilAbort<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let leave: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => (leave = join(signal, reject)));
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    leave();
  }
}

/** Returns what ends it. The last one who leaves takes the listener along: a signal may outlive what is done under it by far. */
function join(signal: AbortSignal, reject: Reject): () => void {
  const others = waiting.get(signal);
  const waiters = others ?? new Set<Reject>();
  if (!others) {
    waiting.set(signal, waiters);
    signal.addEventListener('abort', wakeAll);
  }
  waiters.add(reject);
  return () => {
    waiters.delete(reject);
    if (waiters.size > 0 || waiting.get(signal) !== waiters) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', wakeAll);
  };
}

function wakeAll(this: AbortSignal): void {
  const reason: unknown = this.reason;
  const error = reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError');
  for (const reject of waiting.get(this) ?? []) reject(error);
}
