import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { Digest } from '../../oci/digest';
import { formatPlatform, type Platform } from '../../oci/platform';
import { familiarReference, type Reference } from '../../oci/reference';
import type { PlannedSource } from '../../registry/pull/image-copy';
import type { PullEvent, PullParts, PullResult } from '../../registry/pull/pull';
import type { UnfinishedPull } from '../../registry/pull/unfinished-pulls';
import type { Store } from '../../store/store';
import type { ImageJobs } from '../image/image-jobs';
import type { AskedImage, ImageSource } from '../image/image-source';
import type { OpenedImage } from '../image/opened-image';
import type { Task, Tasks } from '../tasks.svelte';
import type { WatchNetwork } from '../watch-network';
import { doneOf, follow, stateOf, sum, type PulledLayer, type PulledRow } from './pulled-layer';

export type PullOutcome =
  | { readonly kind: 'running'; readonly task: Task }
  /** What has come stays, and the rest can be fetched later. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'done'; readonly result: PullResult };

export interface PullsDependencies {
  readonly tasks: Tasks;
  readonly parts: () => Promise<PullParts>;
  readonly jobs: ImageJobs;
  /** Called when an image has come. */
  readonly onDone: (pull: Pull) => Promise<void>;
  /** Called when one has failed. */
  readonly onFailed: (pull: Pull, error: ErrorRecord) => void;
  readonly watchNetwork: WatchNetwork;
}

/** One image on its way from a registry into this browser. */
export class Pull {
  readonly reference: Reference;
  readonly platform: Platform;
  #layers = $state.raw<readonly PulledLayer[]>([]);
  #outcome = $state.raw<PullOutcome>({ kind: 'paused' });
  #imageId = $state.raw<Digest | undefined>();
  #triedAt = $state<number | undefined>();
  #isFound = false;
  #opened: Promise<OpenedImage> | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #dependencies: PullsDependencies;

  constructor(reference: Reference, platform: Platform, dependencies: PullsDependencies) {
    this.reference = reference;
    this.platform = platform;
    this.#dependencies = dependencies;
  }

  /** One that broke off earlier, or in another tab. */
  static unfinished(pull: UnfinishedPull, dependencies: PullsDependencies): Pull {
    const found = new Pull(pull.reference, pull.platform, dependencies);
    found.#isFound = true;
    found.look(pull);
    return found;
  }

  /** Takes what was found of one that broke off elsewhere. */
  look({ layers, triedAt }: UnfinishedPull): void {
    this.#triedAt = triedAt;
    this.#layers = layers.map(({ digest, size, positions, written }) => ({
      ...{ digest, size, positions, isStored: false, isShared: false },
      state: stateOf(written, size),
    }));
  }

  /** It broke off elsewhere, and was not gone on with here. */
  get isFound(): boolean {
    return this.#isFound;
  }

  /** When it was last tried, milliseconds since the epoch; undefined where it has not stopped yet. */
  get triedAt(): number | undefined {
    return this.#triedAt;
  }

  /** As people write it. */
  get name(): string {
    return familiarReference(this.reference);
  }

  get platformText(): string {
    return formatPlatform(this.platform);
  }

  get outcome(): PullOutcome {
    return this.#outcome;
  }

  /** Base layer first, each once; empty until the registry has told them. */
  get layers(): readonly PulledLayer[] {
    return this.#layers;
  }

  /** The same as the image has them: one that it has twice is there twice. */
  get rows(): readonly PulledRow[] {
    return this.#layers
      .flatMap((layer) => layer.positions.map((position) => ({ position, layer })))
      .sort((a, b) => a.position - b.position);
  }

  /** Of the image that is on its way, once its documents are here: it can be explored from then on. */
  get imageId(): Digest | undefined {
    return this.#imageId;
  }

  /** The image, while it is on its way; undefined where it is not the one that is asked for. */
  openImage({ imageId, manifest }: AskedImage): Promise<ImageSource | undefined> | undefined {
    if (this.#outcome.kind !== 'running' || imageId !== this.#imageId) return undefined;
    return this.#opened?.then((image) =>
      (manifest ?? image.descriptor.digest) === image.descriptor.digest ? image : undefined,
    );
  }

  /** Bytes that were here before. */
  get reused(): number {
    return sum(this.#layers.filter(({ state }) => state.kind === 'kept').map(({ size }) => size));
  }

  /** Bytes that have come, of those that have to. */
  get fetched(): { readonly done: number; readonly total: number } {
    const layers = this.#layers.filter(({ state }) => state.kind !== 'kept');
    return { done: sum(layers.map(doneOf)), total: sum(layers.map(({ size }) => size)) };
  }

  /** Nothing comes: what was on its way has failed, and is waited for. */
  get isRetrying(): boolean {
    const kinds = this.#layers.map(({ state }) => state.kind);
    return kinds.includes('retrying') && !kinds.includes('downloading');
  }

  /** Goes on where it was if it was the network that was missing: nobody has to look at it for that. */
  cameBack(): void {
    const outcome = this.#outcome;
    if (outcome.kind === 'failed' && outcome.error.code === 'offline') void this.run();
  }

  /** Begins, or goes on where it was. What goes wrong is an outcome; nothing rejects. */
  run(): Promise<void> {
    if (this.#outcome.kind !== 'running') this.#running = this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { tasks, parts, onDone, onFailed } = this.#dependencies;
    const { task, result } = tasks.start({ kind: 'pull', subject: this.name }, async (options) => {
      const [{ pullImage }, given] = await Promise.all([
        import('../../registry/pull/pull'),
        parts(),
      ]);
      return pullImage(this.reference, given, {
        ...options,
        platform: this.platform,
        onEvent: (event) => this.#follow(event, given),
        onPartialIndex: (layer, index) =>
          void this.#opened?.then((image) => image.partial(layer, index)),
        onLayer: (layer, summary) => void this.#opened?.then((image) => image.read(layer, summary)),
      });
    });
    this.#outcome = { kind: 'running', task };
    this.#isFound = false;
    try {
      this.#outcome = { kind: 'done', result: await result };
      await onDone(this);
      this.#settle('verified');
    } catch (error) {
      this.#triedAt = tasks.now();
      this.#outcome = isAbort(error)
        ? { kind: 'paused' }
        : { kind: 'failed', error: toErrorRecord(error) };
      this.#settle('unverified');
      if (this.#outcome.kind === 'failed') onFailed(this, this.#outcome.error);
    }
  }

  /** Stops it. What has come is kept for a week. */
  async pause(): Promise<void> {
    if (this.#outcome.kind === 'running') this.#outcome.task.cancel();
    await this.#running;
  }

  #settle(verification: 'verified' | 'unverified'): void {
    void this.#opened?.then((image) => image.settle(verification));
    this.#opened = undefined;
    this.#imageId = undefined;
  }

  #open(source: PlannedSource, arriving: readonly Digest[], { store }: PullParts): void {
    const { jobs } = this.#dependencies;
    const open = async (): Promise<OpenedImage> => {
      const { openPulledImage } = await import('./pulled-image');
      return openPulledImage(source, { names: [this.name], store, jobs, arriving });
    };
    this.#opened = open();
    this.#imageId = source.chosen.manifest.config.digest;
  }

  #follow(event: PullEvent, parts: PullParts): void {
    if (event.kind === 'planned') {
      const arriving = event.layers.filter(({ isStored }) => !isStored);
      if (event.source) {
        this.#open(
          event.source,
          arriving.map(({ digest }) => digest),
          parts,
        );
      }
      this.#layers = event.layers.map((layer) => ({
        ...layer,
        state: { kind: layer.isStored ? 'kept' : 'waiting' },
      }));
    } else if (event.kind === 'layer') {
      const { digest, state } = event;
      void this.#opened?.then((image) => {
        const size = image.layers.find(({ descriptor }) => descriptor.digest === digest);
        image.arrive(digest, doneOf({ size: size?.descriptor.size ?? 0, state }));
      });
      this.#layers = this.#layers.map((layer) => follow(layer, event.digest, event.state));
    }
  }
}

/** The pulls of this tab and those that broke off elsewhere, the latest first. They go on while other screens are looked at. */
export class Pulls {
  #pulls = $state.raw<readonly Pull[]>([]);
  #turn: Promise<void> = Promise.resolve();
  readonly #dependencies: PullsDependencies;

  constructor(dependencies: PullsDependencies) {
    this.#dependencies = dependencies;
    dependencies.watchNetwork((isOnline) => {
      if (isOnline) for (const pull of this.#pulls) pull.cameBack();
    });
  }

  get all(): readonly Pull[] {
    return this.#pulls;
  }

  /** Pulls an image; one that is on its way already, or stopped, goes on. */
  start(reference: Reference, platform: Platform): Pull {
    const known = this.#pulls.find((pull) => isSamePull(pull, { reference, platform }));
    const pull = known ?? new Pull(reference, platform, this.#dependencies);
    this.#pulls = [pull, ...this.#pulls.filter((other) => other !== pull)];
    void pull.run();
    return pull;
  }

  /** Whether a task is a pull of which nothing comes just now: what failed is waited for. */
  isRetrying(task: Task): boolean {
    return this.#pulls.some(
      ({ outcome, isRetrying }) =>
        outcome.kind === 'running' && outcome.task === task && isRetrying,
    );
  }

  /** An image that is on its way; undefined where none is the one that is asked for. */
  async openImage(asked: AskedImage): Promise<ImageSource | undefined> {
    for (const pull of this.#pulls) {
      const image = await pull.openImage(asked);
      if (image) return image;
    }
    return undefined;
  }

  /** Lists the pulls that broke off in an earlier session, in the console, or in another tab. */
  async findUnfinished(): Promise<void> {
    await this.#inTurn(async () => {
      const { store, now } = await this.#dependencies.parts();
      const { unfinishedPulls } = await import('../../registry/pull/unfinished-pulls');
      this.#list(await unfinishedPulls(store, now));
    });
  }

  /** Those that were found before and are no longer, were gone on with elsewhere. */
  #list(unfinished: readonly UnfinishedPull[]): void {
    const kept = this.#pulls.filter((known) => {
      const found = unfinished.find((pull) => isSamePull(known, pull));
      if (found && known.isFound) known.look(found);
      return found !== undefined || !known.isFound;
    });
    const added = unfinished
      .filter((pull) => !kept.some((known) => isSamePull(known, pull)))
      .map((pull) => Pull.unfinished(pull, this.#dependencies));
    this.#pulls = [...kept, ...added];
  }

  /** One after the other: what is being taken off the list is not found again meanwhile. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Stops a pull and takes it off the list. What has come of it is kept for a week, for one that needs it. */
  async drop(pull: Pull): Promise<void> {
    await this.#takeOff(pull, async (store) => {
      const { forgetPull } = await import('../../registry/pull/unfinished-pulls');
      await forgetPull(store, pull);
    });
  }

  /** Takes a pull off the list, and what has come of it out of the store. */
  async discard(pull: Pull): Promise<void> {
    await this.#takeOff(pull, async (store) => {
      const { discardPull } = await import('../../registry/pull/unfinished-pulls');
      await discardPull(store, pull);
    });
  }

  #takeOff(pull: Pull, forget: (store: Store) => Promise<void>): Promise<void> {
    this.#pulls = this.#pulls.filter((other) => other !== pull);
    return this.#inTurn(async () => {
      await pull.pause();
      await forget((await this.#dependencies.parts()).store);
    });
  }
}

/** Whether a pull that is not done is the one that is meant. */
function isSamePull(
  pull: Pull,
  { reference, platform }: Pick<Pull, 'reference' | 'platform'>,
): boolean {
  return (
    pull.outcome.kind !== 'done' &&
    pull.name === familiarReference(reference) &&
    pull.platformText === formatPlatform(platform)
  );
}
