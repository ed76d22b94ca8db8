import { isAbort, toErrorRecord } from '../base/errors';
import type { TaskOptions } from '../base/task';
import { shortDigest, type Digest } from '../oci/digest';
import type { I18n } from './i18n.svelte';
import { imageName } from './image-name';
import type { LibraryRow } from './library-row';
import type { Library } from './library.svelte';
import type { Notices } from './notices.svelte';
import { imageHash } from './route';
import type { Task, Tasks } from './tasks.svelte';

/** An image of an archive that is being loaded, known once the archive's documents were read. */
export interface OpeningImage {
  readonly imageId: Digest;
  /** Canonical or as the archive writes them. */
  readonly names: readonly string[];
  /** `linux/arm64`; one at least, the shown one first. */
  readonly platforms: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created?: number;
  /** Bytes, unpacked, where that is known before the layers were read. */
  readonly size?: number;
  /** False while its files cannot be browsed. */
  readonly browsable: boolean;
}

/** Loads an archive into the store: archive/'s, with the store and the workers already given. Resolves to what was loaded, by name or ID. */
export type LoadFile = (
  file: File,
  options: TaskOptions & { readonly onImages: (images: readonly OpeningImage[]) => void },
) => Promise<readonly string[]>;

interface LoadsDependencies {
  readonly library: Library;
  readonly tasks: Tasks;
  readonly notices: Notices;
  readonly i18n: I18n;
}

/** One archive on its way. */
class Load {
  readonly task: Task;
  readonly result: Promise<readonly string[]>;
  #images = $state.raw<readonly OpeningImage[]>([]);

  constructor(file: File, loadFile: LoadFile, tasks: Tasks) {
    const onImages = (images: readonly OpeningImage[]): void => {
      this.#images = images;
    };
    const { task, result } = tasks.start({ kind: 'load', subject: file.name }, (options) =>
      loadFile(file, { ...options, onImages }),
    );
    this.task = task;
    this.result = result;
  }

  get images(): readonly OpeningImage[] {
    return this.#images;
  }
}

/** The archives that this tab is loading. */
export class Loads {
  #loads = $state.raw<readonly Load[]>([]);
  readonly #rows: readonly LibraryRow[];
  readonly #loadFile: LoadFile;
  readonly #dependencies: LoadsDependencies;

  constructor(loadFile: LoadFile, dependencies: LoadsDependencies) {
    this.#loadFile = loadFile;
    this.#dependencies = dependencies;
    this.#rows = $derived(this.#loads.flatMap(loadRows));
  }

  /** A row for each image that is on its way; one for an archive of which nothing is known yet. */
  get rows(): readonly LibraryRow[] {
    return this.#rows;
  }

  /** Loads files, each as a task of its own. What goes wrong becomes a failure to read; nothing rejects. */
  async open(files: readonly File[]): Promise<void> {
    await Promise.all(files.map((file) => this.#open(file)));
  }

  async #open(file: File): Promise<void> {
    const { library, tasks, notices, i18n } = this.#dependencies;
    const load = new Load(file, this.#loadFile, tasks);
    this.#loads = [...this.#loads, load];
    const { shell } = i18n.texts;
    try {
      const names = await load.result;
      // Its stored row stands before this one goes.
      await library.refresh();
      notices.say(shell.loaded(names.join(', ')));
    } catch (error) {
      if (isAbort(error)) notices.say(shell.loadCancelled(file.name));
      else notices.fail({ error: toErrorRecord(error), file });
    } finally {
      this.#loads = this.#loads.filter((other) => other !== load);
    }
  }
}

function loadRows({ task, images }: Load): LibraryRow[] {
  const state = { kind: 'loading', task } as const;
  if (images.length === 0) {
    return [
      {
        key: `task-${task.id}`,
        names: [],
        shortId: '',
        platforms: [],
        layers: [],
        state,
        searched: task.subject.toLowerCase(),
      },
    ];
  }
  return images.map(({ imageId, names, platforms, created, size, browsable }) => ({
    key: imageId,
    names: names.map(imageName),
    imageId,
    shortId: shortDigest(imageId),
    platforms: platforms.map((text) => ({ text })),
    layers: [],
    state,
    searched: [...names, imageId].join('\n').toLowerCase(),
    ...(browsable ? { href: imageHash(imageId) } : {}),
    ...(created === undefined ? {} : { created }),
    ...(size === undefined ? {} : { size }),
  }));
}
