import { Workbox } from 'workbox-window';

export interface UpdateListener {
  /** Everything is stored: from now on the app opens without a network. */
  onOfflineReady(): void;
  /** A new version waits. `apply` switches to it and reloads the page: to be called when the user agrees. */
  onUpdateReady(apply: () => void): void;
}

/** Registers the service worker, where there is one: not in development, nor where the browser has none. */
export async function registerServiceWorker(listener: UpdateListener): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const workbox = new Workbox('./service-worker.js', { scope: './' });
  const offer = (): void =>
    listener.onUpdateReady(() => {
      workbox.addEventListener('controlling', () => window.location.reload());
      workbox.messageSkipWaiting();
    });
  workbox.addEventListener('waiting', offer);
  workbox.addEventListener('activated', ({ isUpdate }) => {
    if (!isUpdate) listener.onOfflineReady();
  });
  const registration = await workbox.register();
  if (registration?.active && !registration.installing) listener.onOfflineReady();
}
