import { isAbort, toErrorRecord } from '../../base/errors';
import type { TaskOptions } from '../../base/task';
import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import type { Digest } from '../../oci/digest';
import { ArchiveSession, type ArchiveServices } from '../image/archive-session';
import type { I18n } from '../i18n.svelte';
import type { AskedImage, ImageSource } from '../image/image-source';
import type { LibraryRow } from './library-row';
import type { Library } from './library.svelte';
import type { Notices } from '../notices.svelte';
import { sessionRows, unreadRow } from './session-row';
import type { Settings } from '../settings.svelte';
import type { Task, Tasks } from '../tasks.svelte';

interface LoadsDependencies {
  readonly archives: ArchiveServices;
  readonly library: Library;
  readonly notices: Notices;
  readonly settings: Settings;
  readonly tasks: Tasks;
  readonly i18n: I18n;
}

/** Names of a load's images that are told when it is done. */
const NAMES_TOLD = 3;

/** One archive that was opened: on its way into the store, or looked into. */
class Load {
  readonly file: File;
  readonly task: Task;
  readonly result: Promise<readonly string[]>;
  #session = $state.raw<ArchiveSession | undefined>(undefined);
  #isLookedInto = $state(false);

  readonly #isLayer: boolean;

  /** `isLayer`: the file is opened as one layer, and not loaded. */
  constructor(file: File, { archives, settings, tasks }: LoadsDependencies, isLayer = false) {
    this.file = file;
    this.#isLayer = isLayer;
    const work = async (options: TaskOptions): Promise<readonly string[]> => {
      const { platform } = settings;
      if (isLayer) {
        this.#session = await ArchiveSession.openLayer(file, archives, { ...options, platform });
        return [];
      }
      archives.prepareWorkers();
      const session = await ArchiveSession.open(file, archives, { ...options, platform });
      this.#session = session;
      return session.load({ ...options, platform });
    };
    const { task, result } = tasks.start({ kind: 'load', subject: file.name }, work);
    this.task = task;
    this.result = result;
  }

  /** Undefined until the archive's documents were read. */
  get session(): ArchiveSession | undefined {
    return this.#session;
  }

  get rows(): readonly LibraryRow[] {
    const images = this.#session?.images ?? [];
    if (this.#isLookedInto) return sessionRows(images, { kind: 'corrupt' }, this.#archive);
    if (this.task.state.kind === 'failed') return [];
    if (this.#isLayer && this.#session) return sessionRows(images, { kind: 'opened' });
    const state = { kind: 'loading', task: this.task } as const;
    const rows = sessionRows(images, state);
    return rows.length > 0 ? rows : [unreadRow(this.task, state)];
  }

  /** What it is called where it is not loaded, but looked into. */
  get #archive(): string {
    return String(this.task.id);
  }

  lookInside(imageId: Digest): AskedImage {
    this.#isLookedInto = true;
    return { imageId, archive: this.#archive };
  }

  /** An image of it; undefined where none is the one that is asked for. */
  openImage(asked: AskedImage): ImageSource | undefined {
    const archive = this.#isLookedInto ? this.#archive : undefined;
    return asked.archive === archive ? this.#session?.openImage(asked) : undefined;
  }
}

/** The archives that this tab has open. */
export class Loads {
  #loads = $state.raw<readonly Load[]>([]);
  readonly #rows: readonly LibraryRow[];
  readonly #dependencies: LoadsDependencies;

  constructor(dependencies: LoadsDependencies) {
    this.#dependencies = dependencies;
    this.#rows = $derived(this.#loads.flatMap(({ rows }) => rows));
  }

  /** A row for each image that is on its way or looked into; one for an archive of which nothing is known yet. */
  get rows(): readonly LibraryRow[] {
    return this.#rows;
  }

  /** An image of an open archive, which stays open as long as the image is; undefined where no archive has it. */
  openImage(asked: AskedImage): ImageSource | undefined {
    for (const load of this.#loads) {
      const source = load.openImage(asked);
      if (source) return source;
    }
    return undefined;
  }

  /** Loads files, each as a task of its own. What goes wrong becomes a failure to read; nothing rejects. */
  async open(files: readonly File[]): Promise<void> {
    await Promise.all(files.map((file) => this.#open(file)));
  }

  async #open(file: File): Promise<void> {
    const { library, notices, i18n } = this.#dependencies;
    const load = new Load(file, this.#dependencies);
    this.#loads = [...this.#loads, load];
    const { shell } = i18n.first;
    try {
      const names = await load.result;
      // Its stored row stands before this one goes.
      await library.refresh();
      const told = names.slice(0, NAMES_TOLD);
      notices.sayDone(
        shell.loaded(told.join(', '), names.length - told.length),
        `docker load -i ${quoteShellWord(file.name)}`,
      );
      this.#drop(load);
    } catch (error) {
      if (isAbort(error)) {
        notices.say(shell.loadCancelled(file.name));
        this.#drop(load);
      } else this.#fail(load, error);
    }
  }

  /** Opens a file as one layer, for this session. Resolves to the ID that it goes by; undefined where that failed, which is told. */
  async #openLayer(file: File): Promise<Digest | undefined> {
    const load = new Load(file, this.#dependencies, true);
    this.#loads = [...this.#loads, load];
    try {
      await load.result;
      return load.session?.images[0]?.platforms[0]?.imageId;
    } catch (error) {
      if (!isAbort(error)) this.#dependencies.notices.fail({ error: toErrorRecord(error), file });
      this.#drop(load);
      return undefined;
    }
  }

  /** What was read of a damaged archive stays open until its failure has been answered. */
  #fail(load: Load, error: unknown): void {
    const [image] = load.session?.images ?? [];
    const imageId = image?.platforms[0]?.imageId;
    this.#dependencies.notices.fail({
      error: toErrorRecord(error),
      file: load.file,
      openAsLayer: () => this.#openLayer(load.file),
      ...(imageId ? { lookInside: () => load.lookInside(imageId) } : {}),
      dismissed: (isLookedInto) => {
        if (!isLookedInto) this.#drop(load);
      },
    });
  }

  #drop(load: Load): void {
    this.#loads = this.#loads.filter((other) => other !== load);
    load.session?.close();
  }
}
