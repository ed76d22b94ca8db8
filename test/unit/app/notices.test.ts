import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notices } from '../../../src/app/notices.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const error = { code: 'unexpected', message: 'It is wrong.', detail: {} };

describe('Notices', () => {
  it('shows the latest three lines, and every one that can be acted on', () => {
    const notices = new Notices();
    notices.say('undo', { label: 'Undo', run: () => undefined });
    for (let n = 1; n <= 10; n++) notices.say(`line ${n}`);
    const texts = (): readonly string[] => notices.toasts.map(({ text }) => text);
    expect(texts()).toEqual(['undo', 'line 8', 'line 9', 'line 10']);
    vi.runAllTimers();
    expect(texts()).toEqual(['undo']);
  });

  it('shows failures one after the other, which can be dismissed together', () => {
    const notices = new Notices();
    const dismissed: number[] = [];
    for (let n = 1; n <= 4; n++) notices.fail({ error, dismissed: () => dismissed.push(n) });
    notices.dismissFailure();
    expect([notices.failureCount, dismissed]).toEqual([3, [1]]);
    notices.dismissFailures();
    expect([notices.failureCount, dismissed]).toEqual([0, [1, 2, 3, 4]]);
    expect(notices.failure).toBeUndefined();
  });
});
