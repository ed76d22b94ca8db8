import './styles/tokens.css';
import './styles/base.css';
import './styles/table.css';
import { mount } from 'svelte';
import { version } from '../package.json';
import { App } from './app/app.svelte';
import type { Drydock } from './app/drydock';
import { offerUpdate } from './app/offer-update';
import type { WatchNetwork } from './app/watch-network';
import type { AddressBar } from './app/router.svelte';
import { fetchSample } from './app/sample-file';
import { isCoded, toErrorRecord } from './base/errors';
import type { CommandEnvironment } from './commands/command';
import type { RunOptions, RunResult } from './commands/run-command-line';
import { damagedRoots } from './image/image-list';
import { onLaunchFiles } from './pwa/launch-files';
import { download, saveDialog } from './pwa/save-dialog';
import { registerServiceWorker } from './pwa/update';
import { sessionOnly } from './store/errors';
import type { EncodeLayer } from './layer/encode-layer';
import type { OpenedRegistries } from './registry/open-registries';
import { openIdbStore } from './store/idb/open-idb-store';
import type { Store } from './store/store';
import Shell from './ui/shell/Shell.svelte';
import { createLayerWorker } from './workers/create-layer-worker';
import { WorkerPool } from './workers/pool';
import { memoryJobs, poolJobs, type PoolJobs } from './workers/pool-jobs';

const pool = new WorkerPool({
  createWorker: () => createLayerWorker(),
  concurrency: navigator.hardwareConcurrency,
});

const network = {
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  isOnline: () => navigator.onLine,
};

const watchNetwork: WatchNetwork = (listener) => {
  const tell = (): void => listener(network.isOnline());
  window.addEventListener('online', tell);
  window.addEventListener('offline', tell);
  return () => {
    window.removeEventListener('online', tell);
    window.removeEventListener('offline', tell);
  };
};

/** A store, what workers do for it, and why it is not the one of this origin, where it is not. */
interface Opened {
  readonly store: Store;
  readonly jobs: PoolJobs;
  readonly refusal?: unknown;
}

/** The store of this origin; where the browser refuses one, a store that lives as long as the page. */
async function openStore(): Promise<Opened> {
  try {
    const store = await openIdbStore();
    return { store, jobs: packingInPieces(poolJobs(pool, store.content), store) };
  } catch (cause) {
    const refusal = refusalOf(cause);
    const { openMemoryStore } = await import('./store/memory/open-memory-store');
    const store = await openMemoryStore();
    const jobs = packingInPieces(pullingHere(memoryJobs(pool, store)), store);
    return { store, jobs, refusal };
  }
}

/** Where no worker can open the store, the page fetches layers for it. */
function pullingHere(jobs: PoolJobs): PoolJobs {
  return {
    ...jobs,
    pullLayer: async (remote, expected, options) => {
      const { openRemoteBlob } = await import('./registry/pull/open-remote-blob');
      const source = openRemoteBlob(remote, network, options?.onNote);
      return jobs.ingestLayer(source, expected, options);
    },
  };
}

/** Layers are packed by all workers, from the first save on that packs one. */
function packingInPieces(jobs: PoolJobs, { content }: Store): PoolJobs {
  let inPieces: EncodeLayer | undefined;
  return {
    ...jobs,
    encodeLayer: async (source, request, options) => {
      const { encodeInPieces } = await import('./layer/encode-in-pieces');
      inPieces ??= encodeInPieces(content, jobs);
      return inPieces(source, request, options);
    },
  };
}

/** Another tab that is in the way says so itself; all else means that nothing lasts here. */
function refusalOf(cause: unknown): unknown {
  const isOtherTab = isCoded(cause) && ['store-blocked', 'store-outdated'].includes(cause.code);
  return isOtherTab ? cause : sessionOnly(cause);
}

const addressBar: AddressBar = {
  hash: () => location.hash,
  go(hash, { replace }) {
    if (replace) history.replaceState(history.state, '', hash);
    else location.hash = hash;
  },
  onChange: (listener) => window.addEventListener('hashchange', listener),
};

async function runCommand(
  line: string,
  started: Started,
  options?: RunOptions,
): Promise<RunResult> {
  const { runCommandLine } = await import('./commands/run-command-line');
  return runCommandLine(line, await environmentOf(started), options);
}

/** The registries, once somebody asks for one. */
function lazyRegistries(
  store: Store,
  told: () => Pick<App, 'realmQuestions' | 'limits' | 'retries' | 'notices' | 'i18n'>,
): () => Promise<OpenedRegistries> {
  let opened: Promise<OpenedRegistries> | undefined;
  const open = async (): Promise<OpenedRegistries> => {
    const { openRegistries } = await import('./registry/open-registries');
    const opened = await openRegistries({
      settings: store.settings,
      fetch: network.fetch,
      page: { url: location.href, isOnline: network.isOnline },
      confirmRealm: (question) => told().realmQuestions.ask(question),
      onLimit: (...limit) => told().limits.tell(...limit),
      onRetry: (...retry) => told().retries.tell(...retry),
      now: Date.now,
    });
    opened.registries.warnings.listen((warning) => {
      const { notices, i18n } = told();
      notices.say(i18n.first.shell.registryWarns(warning));
    });
    return opened;
  };
  return () => (opened ??= open());
}

interface Started {
  readonly app: App;
  readonly store: Store;
  readonly jobs: PoolJobs;
  readonly registries: () => Promise<OpenedRegistries>;
}

async function start(): Promise<Started> {
  const { store, jobs, refusal } = await openStore();
  const registries = lazyRegistries(store, () => started.app);
  const app = await App.start({
    version,
    archives: { ...jobs, store, jobs: pool, prepareWorkers: () => pool.prepare(2), now: Date.now },
    lookAtLayer: jobs.lookAtLayer,
    addressBar,
    network: { ...network, pageUrl: location.href, elapsed: () => performance.now() },
    registries,
    pullParts: async () => ({
      ...jobs,
      store,
      registries: (await registries()).registries,
      now: Date.now,
    }),
    watchNetwork,
    storageManager: navigator.storage,
    run: (line, options) => runCommand(line, started, options),
    lineHelp: async () => {
      const { LineAssistant } = await import('./commands/completion/line-assistant');
      return new LineAssistant(() => ({ ...jobs, store, platform: started.app.settings.platform }));
    },
    fetchSample: () => fetchSample(network),
    saveFileWays: { choose: saveDialog(window), download },
    languages: navigator.languages,
  });
  const started = { app, store, jobs, registries };
  if (refusal !== undefined) app.notices.fail({ error: toErrorRecord(refusal) });
  return started;
}

async function environmentOf(started: Started): Promise<CommandEnvironment> {
  const { app, store, jobs } = started;
  const { registries } = await started.registries();
  return { ...jobs, store, registries, version, platform: app.settings.platform };
}

/** What an image's page is made of is fetched while the store opens. Whoever needs it meets the error of a fetch that failed. */
function prefetchImagePage(): void {
  import('./ui/explorer/ImagePage.svelte').catch(() => undefined);
  import('./app/image/stored-image').catch(() => undefined);
  import('./i18n/later-en').catch(() => undefined);
}

if (location.hash.startsWith('#/images/')) prefetchImagePage();
const starting = start();

const drydock: Drydock = {
  version,
  ready: starting.then(async ({ store, jobs }) => {
    await store.collectGarbage();
    if ((await damagedRoots(store)).length === 0) return;
    const { repairSummaries } = await import('./image/repair-summaries');
    await repairSummaries({ store, ...jobs });
  }),
  run: async (line, options) => {
    const started = await starting;
    return started.app.tasks.hold(runCommand(line, started, options));
  },
};
window.drydock = drydock;

/** A module must not wait for what it starts: a script that is fetched meanwhile and needs this one would wait for it in turn. */
async function show(): Promise<void> {
  const { app } = await starting;
  const target = document.getElementById('app');
  if (!target) throw new TypeError('index.html has no #app.');
  mount(Shell, { target, props: { app } });
  await app.library.refresh();
  void app.storage.refresh();
  onLaunchFiles((files) => void app.loads.open(files));
  void registerServiceWorker({
    onOfflineReady: () => (app.offline = 'ready'),
    onUpdateReady: (apply) => void offerUpdate(app, apply),
  });
}

void show();
