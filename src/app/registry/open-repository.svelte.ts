import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { artifactKind, type ArtifactKind } from '../../oci/artifact-name';
import { isDigest } from '../../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../../oci/platform';
import { familiarReference, type Reference } from '../../oci/reference';
import type { OfferedPlatform, RemotePlatforms } from '../../registry/remote/remote-platforms';
import type { Registries } from '../../registry/registries';
import { HUB } from './repository-search.svelte';

/** A tag that can be chosen. */
export interface RemoteTag {
  readonly name: string;
  /** Milliseconds since the epoch, where the registry says so. */
  readonly updated: number | undefined;
  /** Bytes to fetch, where the registry says so without being asked for each. */
  readonly size: number | undefined;
}

export type Resolution =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'resolved'; readonly tag: RemotePlatforms }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

export type TagList =
  | { readonly kind: 'reading' }
  | {
      readonly kind: 'read';
      /** Of all, where more are there than were read. */ readonly count: number;
    }
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

/** Names of tags that are read of a registry that lists no more than names. */
const MOST_TAGS = 10_000;

/** A repository that is looked at: its tags, and what the chosen one stands for, platform by platform. Nothing is pulled. */
export class OpenRepository {
  readonly registry: string;
  readonly repository: string;
  /** A tag, or a digest. */
  #chosen = $state('latest');
  #tags = $state.raw<readonly RemoteTag[]>([]);
  #list = $state.raw<TagList>({ kind: 'reading' });
  #resolution = $state.raw<Resolution>({ kind: 'resolving' });
  #platform = $state.raw<Platform>();
  readonly #parts: OpenRepositoryParts;
  readonly #closed = new AbortController();
  #resolving: AbortController | undefined;

  constructor({ registry, repository, tag, digest }: Reference, parts: OpenRepositoryParts) {
    this.registry = registry;
    this.repository = repository;
    this.#chosen = digest ?? tag ?? 'latest';
    this.#parts = parts;
    void this.#readTags();
    void this.#resolve();
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

  get tags(): readonly RemoteTag[] {
    return this.#tags;
  }

  get list(): TagList {
    return this.#list;
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
    void this.#resolve();
  }

  choosePlatform(platform: Platform): void {
    this.#platform = platform;
  }

  /** Asks again, after a failure. */
  retry(): void {
    if (this.#list.kind === 'failed') void this.#readTags();
    if (this.#resolution.kind === 'failed') void this.#resolve();
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#closed.abort();
    this.#resolving?.abort();
  }

  async #readTags(): Promise<void> {
    const { signal } = this.#closed;
    this.#list = { kind: 'reading' };
    try {
      const registries = await this.#parts.registries();
      const count = await (this.registry === HUB
        ? this.#readHubTags(registries, signal)
        : this.#readListedTags(registries, signal));
      this.#list = { kind: 'read', count };
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.#list = { kind: 'failed', error: toErrorRecord(error) };
    }
  }

  async #readHubTags({ transport }: Registries, signal: AbortSignal): Promise<number> {
    const { listHubTags } = await import('../../registry/search/hub');
    const options = { pageSize: 100, signal };
    const { items, count } = await listHubTags(transport, this.repository, options);
    this.#tags = items.map(({ name, updated, size }) => ({
      name,
      updated: Date.parse(updated) || undefined,
      size,
    }));
    return count;
  }

  async #readListedTags(registries: Registries, signal: AbortSignal): Promise<number> {
    const names: string[] = [];
    const listed = registries.open(this.registry).tags(this.repository, { signal });
    for await (const name of listed) {
      names.push(name);
      if (names.length >= MOST_TAGS) break;
    }
    this.#tags = names.map((name) => ({ name, updated: undefined, size: undefined }));
    return names.length;
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
