import { formatPlatform, matchesPlatform, type Platform } from '../../oci/platform';
import type { Reference } from '../../oci/reference';
import type { HubTag, HubTagOptions } from '../../registry/search/hub';
import type { Registries } from '../../registry/registries';
import { PagedRows, type PagesState, type RowsPage } from './paged-rows.svelte';
import { HUB } from './repository-search.svelte';

/** A platform of a tag, and the bytes of its layers. */
export interface TagPlatform {
  /** `linux/arm64/v8` */
  readonly text: string;
  readonly size: number;
}

/** A tag that can be chosen. What is undefined the registry does not say without being asked for each. */
export interface RemoteTag {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly updated: number | undefined;
  /** Bytes of the platform that a pull would take. */
  readonly size: number | undefined;
  readonly platforms: readonly TagPlatform[] | undefined;
}

export interface TagListParts {
  readonly registries: () => Promise<Registries>;
  /** The user's own. */
  readonly platform: Platform;
}

/** Names of tags that are read of a registry that lists no more than names. */
const MOST_TAGS = 10_000;
const PAGE_SIZE = 100;

/** The tags of a repository: on Docker Hub page by page, the latest first; elsewhere all names, in the registry's order. */
export class TagList {
  #filter = $state('');
  readonly #pages = new PagedRows<RemoteTag>(({ name }) => name);
  readonly #shown: readonly RemoteTag[];
  readonly #repository: Pick<Reference, 'registry' | 'repository'>;
  readonly #parts: TagListParts;

  constructor(repository: Pick<Reference, 'registry' | 'repository'>, parts: TagListParts) {
    this.#repository = repository;
    this.#parts = parts;
    this.#shown = $derived(this.#pages.rows.filter(({ name }) => name.includes(this.#filter)));
    void this.#read();
  }

  get state(): PagesState {
    return this.#pages.state;
  }

  /** Those with what is looked for in their names. */
  get shown(): readonly RemoteTag[] {
    return this.#shown;
  }

  /** Of those, where more are there than were read. */
  get count(): number {
    const { state } = this;
    const isFiltered = this.#filter !== '' && this.#repository.registry !== HUB;
    return state.kind === 'read' && !isFiltered ? state.count : this.#shown.length;
  }

  get filter(): string {
    return this.#filter;
  }

  /** Looks for tags with that in their names; all where it is empty. */
  find(filter: string): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    // Hub searches all of them; elsewhere all are here.
    if (this.#repository.registry === HUB) void this.#read();
  }

  more(): Promise<void> {
    return this.#pages.more();
  }

  retry(): void {
    if (this.state.kind === 'failed') void this.more();
  }

  close(): void {
    this.#pages.stop();
  }

  #read(): Promise<void> {
    const name = this.#filter;
    return this.#pages.start(async (page, signal) => {
      const registries = await this.#parts.registries();
      return this.#repository.registry === HUB
        ? this.#readHub(registries, { name, page, pageSize: PAGE_SIZE, signal })
        : this.#readNames(registries, signal);
    });
  }

  async #readHub({ transport }: Registries, options: HubTagOptions): Promise<RowsPage<RemoteTag>> {
    const { listHubTags } = await import('../../registry/search/hub');
    const page = await listHubTags(transport, this.#repository.repository, options);
    return {
      rows: page.items.map((tag) => hubTag(tag, this.#parts.platform)),
      count: page.count,
      hasMore: page.hasNext,
    };
  }

  async #readNames(registries: Registries, signal: AbortSignal): Promise<RowsPage<RemoteTag>> {
    const { registry, repository } = this.#repository;
    const rows: RemoteTag[] = [];
    for await (const name of registries.open(registry).tags(repository, { signal })) {
      rows.push({ name, updated: undefined, size: undefined, platforms: undefined });
      if (rows.length >= MOST_TAGS) break;
    }
    return { rows, count: rows.length, hasMore: false };
  }
}

function hubTag({ name, updated, size, platforms }: HubTag, own: Platform): RemoteTag {
  const taken = platforms.find(({ platform }) => matchesPlatform(own, platform)) ?? platforms[0];
  return {
    name,
    updated: Date.parse(updated) || undefined,
    size: taken?.size ?? size,
    platforms: platforms.map((each) => ({ text: formatPlatform(each.platform), size: each.size })),
  };
}
