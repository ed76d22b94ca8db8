import { toErrorRecord, type ErrorRecord } from '../base/errors';
import type { AbortOptions, Clock } from '../base/task';
import type { OpenedRegistries } from '../registry/open-registries';
import type { Registries } from '../registry/registries';
import type { LookAtLayer } from '../registry/remote/remote-layer';
import type { Store } from '../store/store';
import type { OutputFile } from '../commands/command';
import type { ArchiveServices } from './image/archive-session';
import type { ConsoleSession, LineHelp, RunLine } from './console/console-session.svelte';
import { FilePicker } from './file-picker';
import { I18n } from './i18n.svelte';
import { ImageList } from './library/image-list.svelte';
import { ImageActions } from './actions/image-actions.svelte';
import { ImageSelection } from './library/image-selection.svelte';
import type { ImageSource, OpenImage } from './image/image-source';
import { Library } from './library/library.svelte';
import { Loads } from './library/loads.svelte';
import { Notices } from './notices.svelte';
import { ProxySetting, type ProxySettingParts } from './registry/proxy-setting.svelte';
import { RegistryLimits } from './registry/registry-limits.svelte';
import { RegistryRetries } from './registry/registry-retries.svelte';
import { RealmQuestions } from './registry/realm-questions.svelte';
import { Pulls, type Pull, type PullsDependencies } from './registry/pulls.svelte';
import type { AskedRemote } from './remote/open-remote';
import { Router, type AddressBar } from './router.svelte';
import type { SaveFileWays } from './actions/save-file';
import { Settings, type Language } from './settings.svelte';
import { StorageMeter, type StorageManagerLike } from './library/storage-meter.svelte';
import { Tasks } from './tasks.svelte';
import type { WatchNetwork } from './watch-network';

/** What the composition root hands to the app. */
export interface AppDependencies {
  readonly version: string;
  readonly addressBar: AddressBar;
  readonly network: Omit<ProxySettingParts, 'settings'>;
  readonly registries: () => Promise<OpenedRegistries>;
  readonly pullParts: PullsDependencies['parts'];
  readonly watchNetwork: WatchNetwork;
  readonly storageManager: StorageManagerLike;
  readonly archives: ArchiveServices;
  readonly lookAtLayer: LookAtLayer;
  readonly run: RunLine;
  /** Fetched when the console is first opened. */
  readonly lineHelp: () => Promise<LineHelp>;
  /** The sample image of the empty state, fetched when it is asked for. */
  readonly fetchSample: () => Promise<File>;
  readonly saveFileWays: SaveFileWays;
  /** BCP 47 tags, the preferred first. */
  readonly languages: readonly string[];
}

/** Whether the app would open without a network. */
export type OfflineState = 'unknown' | 'ready';

/** A login that is asked for. */
export interface LoginRequest {
  /** As a reference has it; empty where it is yet to be typed. */
  readonly registry: string;
  /** Called once the registry has taken it. */
  readonly onDone: () => void;
}

/** Everything that the screens work with. One a page. */
export class App {
  readonly version: string;
  readonly now: Clock;
  readonly router: Router;
  readonly settings: Settings;
  readonly proxy: ProxySetting;
  readonly watchNetwork: WatchNetwork;
  readonly registries: () => Promise<Registries>;
  /** The same, with how the user has set them up. */
  readonly openRegistries: () => Promise<OpenedRegistries>;
  readonly realmQuestions = new RealmQuestions();
  readonly limits: RegistryLimits;
  readonly retries = new RegistryRetries();
  readonly pulls: Pulls;
  readonly i18n: I18n;
  readonly library: Library;
  readonly loads: Loads;
  readonly images: ImageList;
  readonly selection: ImageSelection;
  readonly actions = new ImageActions();
  readonly store: Store;
  /** Runs a command line, as the console does. */
  readonly run: RunLine;
  readonly tasks: Tasks;
  readonly notices = new Notices();
  readonly storage: StorageMeter;
  readonly picker: FilePicker;
  offline = $state<OfflineState>('unknown');
  paletteOpen = $state(false);
  /** The login whose dialog is open. */
  login = $state.raw<LoginRequest>();
  readonly #dependencies: AppDependencies;
  readonly #archives: ArchiveServices;
  #console: Promise<ConsoleSession> | undefined;
  readonly #fetchSample: () => Promise<File>;
  readonly #saveFileWays: SaveFileWays;

  private constructor(dependencies: AppDependencies, settings: Settings, i18n: I18n) {
    const { archives } = dependencies;
    const { store, now } = archives;
    this.#dependencies = dependencies;
    this.#archives = archives;
    this.version = dependencies.version;
    this.store = store;
    this.run = dependencies.run;
    this.now = now;
    this.settings = settings;
    this.watchNetwork = dependencies.watchNetwork;
    const { network, registries } = dependencies;
    this.proxy = new ProxySetting({
      ...network,
      settings: async () => (await registries()).settings,
    });
    this.openRegistries = registries;
    this.registries = async () => (await registries()).registries;
    this.i18n = i18n;
    this.router = new Router(dependencies.addressBar);
    this.tasks = new Tasks(now);
    this.limits = new RegistryLimits(now);
    this.library = new Library(store, settings);
    this.storage = new StorageMeter(store, this.library, dependencies.storageManager);
    this.loads = new Loads({
      archives,
      library: this.library,
      notices: this.notices,
      settings,
      tasks: this.tasks,
      i18n,
    });
    this.pulls = new Pulls({
      tasks: this.tasks,
      parts: dependencies.pullParts,
      jobs: archives.jobs,
      watchNetwork: dependencies.watchNetwork,
      onDone: async ({ name }) => {
        await this.library.refresh();
        this.notices.say(this.i18n.first.shell.pulled(name));
      },
      onFailed: (pull, error) => this.#sayNotPulled(pull, error),
    });
    this.images = new ImageList(this.library, this.loads);
    this.selection = new ImageSelection(this.images);
    this.picker = new FilePicker((files) => void this.loads.open(files));
    this.#fetchSample = dependencies.fetchSample;
    this.#saveFileWays = dependencies.saveFileWays;
  }

  /** An app whose settings are read and whose language is there; its images come when `library` has read them. */
  static async start(dependencies: AppDependencies): Promise<App> {
    const settings = await Settings.read(
      dependencies.archives.store.settings,
      dependencies.languages,
    );
    const i18n = new I18n();
    await i18n.use(settings.language);
    return new App(dependencies, settings, i18n);
  }

  async setLanguage(language: Language): Promise<void> {
    await Promise.all([this.i18n.use(language), this.settings.setLanguage(language)]);
  }

  async setPlatform(text: string): Promise<void> {
    await this.settings.setPlatform(text);
    await this.library.refresh();
  }

  /** On the Pull page itself the pull says so. */
  #sayNotPulled({ name }: Pull, { code }: ErrorRecord): void {
    if (this.router.route.page === 'pull') return;
    const { notPulled, seeWhy } = this.i18n.first.shell;
    const run = (): void => this.router.go('#/pull');
    // Once there is a network again it goes on by itself.
    this.notices.say(notPulled(name), code === 'offline' ? undefined : { label: seeWhy, run });
  }

  /** Loads the sample image as if its file had been chosen. What goes wrong becomes a failure to read. */
  async openSample(): Promise<void> {
    try {
      await this.loads.open([await this.#fetchSample()]);
    } catch (error) {
      this.notices.fail({ error: toErrorRecord(error) });
    }
  }

  /** An image to be explored: of an archive that this tab has open, of a pull that runs, else as it is stored. */
  readonly openImage: OpenImage = async (asked, options) => {
    const opened = this.loads.openImage(asked) ?? (await this.pulls.openImage(asked));
    if (opened) return opened;
    const { openStoredImage } = await import('./image/stored-image');
    return openStoredImage(this.#archives, asked, options);
  };

  /** What a registry has, to be explored there. */
  readonly openRemote = async (asked: AskedRemote, options: AbortOptions): Promise<ImageSource> => {
    const { registries, tasks } = this;
    const { lookAtLayer } = this.#dependencies;
    const [{ openRemote }, { storedLayers }] = await Promise.all([
      import('./remote/open-remote'),
      import('./remote/stored-layers'),
    ]);
    return openRemote(
      asked,
      {
        registries,
        tasks,
        lookAtLayer,
        platform: this.settings.platform,
        jobs: this.#archives.jobs,
        storedLayers: (layers) => storedLayers(this.store, layers),
      },
      options,
    );
  };

  /** Asks for a place on the disk for a file, at once, and gives what writes it: see `createFile` of save-file. */
  async createFile(name: string): Promise<OutputFile> {
    const { createFile } = await import('./actions/save-file');
    return createFile(this.#saveFileWays, name);
  }

  /** The console of this tab, which is fetched when it is first asked for. */
  openConsole(): Promise<ConsoleSession> {
    return (this.#console ??= this.#startConsole());
  }

  /** Runs a command where it can be seen. */
  runInConsole(line: string): void {
    this.router.go({ page: 'console' });
    void this.openConsole().then((session) => session.submit(line));
  }

  async #startConsole(): Promise<ConsoleSession> {
    const { run, lineHelp, archives } = this.#dependencies;
    const [{ ConsoleSession }, { ConsoleHistory }, help] = await Promise.all([
      import('./console/console-session.svelte'),
      import('./console/console-history'),
      lineHelp(),
    ]);
    return new ConsoleSession({
      run,
      help,
      history: await ConsoleHistory.read(archives.store.settings),
      picker: this.picker,
      createFile: (name) => this.createFile(name),
      tasks: this.tasks,
      now: this.now,
    });
  }
}
