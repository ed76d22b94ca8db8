import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { artifactKind, type ArtifactKind } from '../../oci/artifact-name';
import { isDigest } from '../../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../../oci/platform';
import { familiarReference, type Reference } from '../../oci/reference';
import type { OfferedPlatform, RemotePlatforms } from '../../registry/remote/remote-platforms';
import type { Registries } from '../../registry/registries';
import { HUB } from './repository-search.svelte';
import { TagList } from './tag-list.svelte';

export type Resolution =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'resolved'; readonly tag: RemotePlatforms }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** A platform as its card shows it. */
export interface PlatformOffer extends OfferedPlatform {
  /** `linux/arm64/v8` */
  readonly text: string;
  readonly isChosen: boolean;
}

export interface OpenRepositoryParts {
  readonly registries: () => Promise<Registries>;
  /** The platform that is chosen at first. */
  readonly platform: Platform;
}

/** A repository that is looked at: its tags, and what the chosen one stands for, platform by platform. Nothing is pulled. */
export class OpenRepository {
  readonly registry: string;
  readonly repository: string;
  /** A tag, or a digest. */
  #chosen = $state('latest');
  #resolution = $state.raw<Resolution>({ kind: 'resolving' });
  #platform = $state.raw<Platform>();
  readonly #parts: OpenRepositoryParts;
  /** Those that it lists. */
  readonly tags: TagList;
  #resolving: AbortController | undefined;
  #resolved: Promise<void>;

  constructor({ registry, repository, tag, digest }: Reference, parts: OpenRepositoryParts) {
    this.registry = registry;
    this.repository = repository;
    this.#chosen = digest ?? tag ?? 'latest';
    this.#parts = parts;
    this.tags = new TagList(this, parts);
    this.#resolved = this.#resolve();
  }

  get chosen(): string {
    return this.#chosen;
  }

  get reference(): Reference {
    const { registry, repository } = this;
    return isDigest(this.#chosen)
      ? { registry, repository, digest: this.#chosen }
      : { registry, repository, tag: this.#chosen };
  }

  get resolution(): Resolution {
    return this.#resolution;
  }

  /** The platform that a pull would take: what was chosen, else the user's own, else the first. Undefined while there is none to choose. */
  get platform(): Platform | undefined {
    if (this.#resolution.kind !== 'resolved') return undefined;
    const offered = this.#resolution.tag.platforms.map(({ platform }) => platform);
    const wanted = this.#platform ?? this.#parts.platform;
    return offered.find((platform) => matchesPlatform(wanted, platform)) ?? offered[0];
  }

  /** The same as `--platform` takes it. */
  get platformText(): string | undefined {
    return this.platform && formatPlatform(this.platform);
  }

  /** What can be chosen; empty while nothing is known. */
  get offers(): readonly PlatformOffer[] {
    if (this.#resolution.kind !== 'resolved') return [];
    return this.#resolution.tag.platforms.map((offered) => {
      const text = formatPlatform(offered.platform);
      return { ...offered, text, isChosen: text === this.platformText };
    });
  }

  /** What is there beside platforms, or in their place: it is no image, and is not pulled. */
  get artifacts(): readonly { readonly type: string; readonly kind: ArtifactKind }[] {
    if (this.#resolution.kind !== 'resolved') return [];
    return this.#resolution.tag.artifactTypes.map((type) => ({ type, kind: artifactKind(type) }));
  }

  /** What docker would be asked. */
  get command(): string {
    const platform = this.platformText === undefined ? '' : ` --platform ${this.platformText}`;
    return `docker pull${platform} ${familiarReference(this.reference)}`;
  }

  choose(tagOrDigest: string): void {
    if (tagOrDigest === this.#chosen) return;
    this.#chosen = tagOrDigest;
    this.#resolved = this.#resolve();
  }

  choosePlatform(platform: Platform): void {
    this.#platform = platform;
  }

  /** The platform that a pull would take, once that is known; undefined where there is none, or something else was chosen meanwhile. */
  async whenResolved(): Promise<Platform | undefined> {
    const resolved = this.#resolved;
    await resolved;
    return resolved === this.#resolved ? this.platform : undefined;
  }

  /** Asks again, after a failure. */
  retry(): void {
    this.tags.retry();
    if (this.#resolution.kind === 'failed') this.#resolved = this.#resolve();
  }

  /** Gives up what is being asked. */
  close(): void {
    this.tags.close();
    this.#resolving?.abort();
  }

  async #readPlatforms(signal: AbortSignal): Promise<RemotePlatforms> {
    const { reference } = this;
    const [registries, { readHubPlatforms, readRemotePlatforms }] = await Promise.all([
      this.#parts.registries(),
      import('../../registry/remote/remote-platforms'),
    ]);
    const listed =
      this.registry === HUB && reference.tag !== undefined
        ? await readHubPlatforms(registries.transport, reference, { signal })
        : undefined;
    return listed ?? readRemotePlatforms(registries.open(this.registry), reference, { signal });
  }

  async #resolve(): Promise<void> {
    this.#resolving?.abort();
    const resolving = new AbortController();
    this.#resolving = resolving;
    const { signal } = resolving;
    this.#resolution = { kind: 'resolving' };
    try {
      const tag = await this.#readPlatforms(signal);
      if (!signal.aborted) this.#resolution = { kind: 'resolved', tag };
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.#resolution = { kind: 'failed', error: toErrorRecord(error) };
    }
  }
}
