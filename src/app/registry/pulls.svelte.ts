import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { Digest } from '../../oci/digest';
import { formatPlatform, type Platform } from '../../oci/platform';
import { familiarReference, type Reference } from '../../oci/reference';
import type { PlannedLayer, PullEvent, PullParts, PullResult } from '../../registry/pull/pull';
import type { PullState } from '../../registry/pull/pull-layer';
import type { Task, Tasks } from '../tasks.svelte';

/** A layer of a pull, as its row shows it. */
export interface PulledLayer extends PlannedLayer {
  /** `kept`: it was here before the pull began. */
  readonly state: PullState | { readonly kind: 'kept' };
}

export type PullOutcome =
  | { readonly kind: 'running'; readonly task: Task }
  /** What has come stays, and the rest can be fetched later. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'done'; readonly result: PullResult };

export interface PullsDependencies {
  readonly tasks: Tasks;
  readonly parts: () => Promise<PullParts>;
  /** Called when an image has come. */
  readonly onDone: (pull: Pull) => Promise<void>;
}

/** One image on its way from a registry into this browser. */
export class Pull {
  readonly reference: Reference;
  readonly platform: Platform;
  #layers = $state.raw<readonly PulledLayer[]>([]);
  #outcome = $state.raw<PullOutcome>({ kind: 'paused' });
  readonly #dependencies: PullsDependencies;

  constructor(reference: Reference, platform: Platform, dependencies: PullsDependencies) {
    this.reference = reference;
    this.platform = platform;
    this.#dependencies = dependencies;
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

  /** Base layer first; empty until the registry has told them. */
  get layers(): readonly PulledLayer[] {
    return this.#layers;
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

  /** Begins, or goes on where it was. What goes wrong is an outcome; nothing rejects. */
  async run(): Promise<void> {
    if (this.#outcome.kind === 'running') return;
    const { tasks, parts, onDone } = this.#dependencies;
    const { task, result } = tasks.start({ kind: 'pull', subject: this.name }, async (options) => {
      const [{ pullImage }, given] = await Promise.all([
        import('../../registry/pull/pull'),
        parts(),
      ]);
      const { platform } = this;
      const onEvent = (event: PullEvent): void => this.#follow(event);
      return pullImage(this.reference, given, { ...options, platform, onEvent });
    });
    this.#outcome = { kind: 'running', task };
    try {
      this.#outcome = { kind: 'done', result: await result };
      await onDone(this);
    } catch (error) {
      this.#outcome = isAbort(error)
        ? { kind: 'paused' }
        : { kind: 'failed', error: toErrorRecord(error) };
    }
  }

  /** Stops it. What has come is kept for a week. */
  pause(): void {
    if (this.#outcome.kind === 'running') this.#outcome.task.cancel();
  }

  #follow(event: PullEvent): void {
    if (event.kind === 'planned') {
      this.#layers = event.layers.map((layer) => ({
        ...layer,
        state: { kind: layer.isStored ? 'kept' : 'waiting' },
      }));
    } else if (event.kind === 'layer') {
      this.#layers = this.#layers.map((layer) => follow(layer, event.digest, event.state));
    }
  }
}

/** The pulls of this tab, the latest first. They go on while other screens are looked at. */
export class Pulls {
  #pulls = $state.raw<readonly Pull[]>([]);
  readonly #dependencies: PullsDependencies;

  constructor(dependencies: PullsDependencies) {
    this.#dependencies = dependencies;
  }

  get all(): readonly Pull[] {
    return this.#pulls;
  }

  /** Pulls an image; one that is on its way already, or stopped, goes on. */
  start(reference: Reference, platform: Platform): Pull {
    const name = familiarReference(reference);
    const known = this.#pulls.find(
      (pull) =>
        pull.name === name &&
        pull.platformText === formatPlatform(platform) &&
        pull.outcome.kind !== 'done',
    );
    const pull = known ?? new Pull(reference, platform, this.#dependencies);
    this.#pulls = [pull, ...this.#pulls.filter((other) => other !== pull)];
    void pull.run();
    return pull;
  }

  /** Stops a pull and takes it off the list. */
  drop(pull: Pull): void {
    pull.pause();
    this.#pulls = this.#pulls.filter((other) => other !== pull);
  }
}

function follow(layer: PulledLayer, digest: Digest, state: PullState): PulledLayer {
  return layer.digest === digest && layer.state.kind !== 'kept' ? { ...layer, state } : layer;
}

function doneOf({ size, state }: PulledLayer): number {
  switch (state.kind) {
    case 'waiting':
    case 'kept':
      return 0;
    case 'downloading':
      return state.done;
    case 'verifying':
    case 'stored':
      return size;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
