import type { App } from './app.svelte';

/** Offers a new version of the app. To switch to it reloads the page, which would end whatever runs: the offer waits for that. */
export async function offerUpdate(
  app: Pick<App, 'notices' | 'tasks' | 'i18n'>,
  apply: () => void,
): Promise<void> {
  const { notices, tasks, i18n } = app;
  await tasks.idle();
  const { shell } = i18n.first;
  const run = (): void => {
    if (tasks.isIdle) {
      apply();
      return;
    }
    notices.say(shell.updateWaits);
    void offerUpdate(app, apply);
  };
  notices.say(shell.updateReady, { label: shell.update, run });
}
