import { expect, it, vi } from 'vitest';
import { I18n } from '../../../src/app/i18n.svelte';
import { Notices } from '../../../src/app/notices.svelte';
import { offerUpdate } from '../../../src/app/offer-update';
import { Tasks } from '../../../src/app/tasks.svelte';

const READY = 'A new version is ready.';

const untilAbort = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

function setUp() {
  const notices = new Notices();
  const tasks = new Tasks(Date.now);
  const apply = vi.fn();
  const told = (): readonly string[] => notices.toasts.map(({ text }) => text);
  const take = (): void => {
    const offer = notices.toasts.find(({ action }) => action);
    if (offer) notices.take(offer);
  };
  /** Something long, until it is told to end. */
  const work = () => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = (): Promise<void> => untilAbort(signal);
    const { result } = tasks.start({ kind: 'load', subject: 'api.tar' }, run);
    result.catch(() => undefined);
    return () => controller.abort();
  };
  return { app: { notices, tasks, i18n: new I18n() }, apply, told, take, work };
}

it('a new version is applied once it is agreed to', async () => {
  const { app, apply, take } = setUp();
  await offerUpdate(app, apply);
  expect(apply).not.toHaveBeenCalled();
  take();
  expect(apply).toHaveBeenCalledOnce();
});

it('a new version is not offered while something runs, and is when all of it has ended', async () => {
  const { app, apply, told, work } = setUp();
  const [endFirst, endSecond] = [work(), work()];
  const offered = offerUpdate(app, apply);
  endFirst();
  await vi.waitFor(() => expect(app.tasks.running).toHaveLength(1));
  expect(told()).toEqual([]);
  endSecond();
  await offered;
  expect(told()).toEqual([READY]);
});

it('a new version that is agreed to while something runs waits, says so, and is offered again', async () => {
  const { app, apply, told, take, work } = setUp();
  await offerUpdate(app, apply);
  const end = work();
  take();
  expect(apply).not.toHaveBeenCalled();
  expect(told()).toEqual([expect.stringContaining('still running')]);
  end();
  await vi.waitFor(() => expect(told()).toContain(READY));
  take();
  expect(apply).toHaveBeenCalledOnce();
});

it('what a script runs is waited for, too, though it is no task', async () => {
  const { app, apply, told } = setUp();
  const controller = new AbortController();
  const script = app.tasks.hold(untilAbort(controller.signal));
  const offered = offerUpdate(app, apply);
  await Promise.resolve();
  expect(told()).toEqual([]);
  controller.abort();
  await Promise.all([script, offered]);
  expect(told()).toEqual([READY]);
});
