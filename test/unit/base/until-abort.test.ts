import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { untilAbort } from '../../../src/base/until-abort';

const never = new Promise<never>(() => undefined);

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

describe('waiting until a signal aborts', () => {
  it('gives what the promise gives, and leaves nothing at the signal', async () => {
    const { signal } = new AbortController();
    expect(await untilAbort(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAbort(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(listeners(signal)).toBe(0);
  });

  it('puts one listener at a signal, however many wait, and wakes them all', async () => {
    const stop = new AbortController();
    const waiting = Array.from({ length: 100 }, () => untilAbort(never, stop.signal));
    const outcomes = Promise.allSettled(waiting);
    expect(listeners(stop.signal)).toBe(1);
    const reason = new Error('stop');
    stop.abort(reason);
    expect(await outcomes).toEqual(waiting.map(() => ({ status: 'rejected', reason })));
    expect(listeners(stop.signal)).toBe(0);
  });

  it('keeps the listener for those who still wait', async () => {
    const stop = new AbortController();
    const waiting = untilAbort(never, stop.signal);
    await untilAbort(Promise.resolve(), stop.signal);
    await untilAbort(Promise.resolve(), stop.signal);
    expect(listeners(stop.signal)).toBe(1);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('puts a listener there again after the last one has gone', async () => {
    const stop = new AbortController();
    await untilAbort(Promise.resolve(), stop.signal);
    const waiting = untilAbort(never, stop.signal);
    stop.abort('enough');
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', message: 'enough' });
  });
});
