import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Tasks } from '../../../src/app/tasks.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a task that gets no further has no speed', async () => {
  const { task, result } = new Tasks(Date.now).start(
    { kind: 'pull', subject: 'app:1' },
    async ({ onProgress }) => {
      const report = (done: number): void =>
        onProgress?.({ phase: 'downloading', done, total: 1000, unit: 'bytes' });
      report(0);
      await vi.advanceTimersByTimeAsync(500);
      report(500);
      expect(task.speed).toBe(1000);
      await vi.advanceTimersByTimeAsync(2000);
      expect(task.speed).toBeUndefined();
    },
  );
  await result;
});
