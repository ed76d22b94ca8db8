import type { AbortOptions } from '../../base/task';
import {
  canonicalReference,
  familiarName,
  parseReference,
  type Reference,
} from '../../oci/reference';
import { listCatalog } from '../../registry/search/catalog';
import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import { searchHub } from '../../registry/search/hub';
import type { Registries } from '../../registry/registries';
import { PagedRows, type PagesState, type RowsPage } from './paged-rows.svelte';

export const HUB = 'docker.io';

/** A repository that can be looked at, and pulled from. */
export interface FoundRepository {
  readonly registry: string;
  /** In full: `library/redis`. */
  readonly repository: string;
  /** As people write it: `redis`. */
  readonly name: string;
  readonly description: string;
  /** Undefined where the registry does not say. */
  readonly stars: number | undefined;
  readonly pulls: number | undefined;
  readonly isOfficial: boolean;
  readonly publisher: string;
}

const PAGE_SIZE = 50;
/** Names of a catalog that are read; there may be any number. */
const CATALOG_NAMES = 5000;

/** Looking for a repository: on Docker Hub by its search, on another registry among the names that it lists. */
export class RepositorySearch {
  text = $state('');
  /** The registry that is searched. */
  registry = $state(HUB);
  officialOnly = $state(false);
  leastStars = $state(0);
  readonly #pages = new PagedRows<FoundRepository>(repositoryKey);
  readonly #shown: readonly FoundRepository[];
  readonly #registries: () => Promise<Registries>;

  constructor(registries: () => Promise<Registries>) {
    this.#registries = registries;
    this.#shown = $derived(
      this.#pages.rows.filter(
        ({ isOfficial, stars = 0 }) =>
          (!this.officialOnly || isOfficial) && stars >= this.leastStars,
      ),
    );
  }

  get state(): PagesState {
    return this.#pages.state;
  }

  /** What was found and the filters leave, in the registry's order. */
  get shown(): readonly FoundRepository[] {
    return this.#shown;
  }

  /** What is typed, where it names an image by itself: with a registry, a tag or a digest. */
  get typedReference(): Reference | undefined {
    const text = this.#typed;
    try {
      const reference = parseReference(text);
      const isExplicit =
        reference.registry !== HUB || reference.tag !== undefined || reference.digest !== undefined;
      return isExplicit ? reference : undefined;
    } catch {
      return undefined;
    }
  }

  /** What a pasted `docker pull` line says is its name. */
  get #typed(): string {
    return this.text.trim().replace(/^docker\s+(?:image\s+)?pull\s+(?:-\S+\s+)*/, '');
  }

  /** What prints what is found; undefined where no command asks for just that. */
  get command(): string | undefined {
    const term = this.#typed;
    if (this.registry !== HUB) return term === '' ? `drydock catalog ${this.registry}` : undefined;
    if (term === '' || namesHost(term)) return undefined;
    return [
      'docker search',
      ...(this.officialOnly ? ['--filter is-official=true'] : []),
      ...(this.leastStars > 0 ? [`--filter stars=${this.leastStars}`] : []),
      `--limit ${PAGE_SIZE}`,
      quoteShellWord(term),
    ].join(' ');
  }

  /** Searches for what is typed. The name of another host never goes to Docker Hub. A search that runs is given up. What goes wrong is a state; nothing rejects. */
  async search(): Promise<void> {
    const query = this.#typed;
    const { registry } = this;
    if (registry === HUB && (query === '' || namesHost(query))) {
      this.#pages.clear();
      return;
    }
    await this.#pages.start(async (page, signal) => {
      const registries = await this.#registries();
      return registry === HUB
        ? searchPage(registries, { query, page, signal })
        : searchCatalog(registries, { registry, query, signal });
    });
  }

  /** Goes on with the search, where more was found than is shown, or where it failed. */
  more(): Promise<void> {
    return this.#pages.more();
  }
}

interface Search extends AbortOptions {
  readonly query: string;
}

async function searchPage(
  { transport }: Registries,
  { query, ...options }: Search & { readonly page: number },
): Promise<RowsPage<FoundRepository>> {
  const found = await searchHub(transport, query, { ...options, pageSize: PAGE_SIZE });
  const { items, count, hasNext } = found;
  return { rows: items.flatMap(hubRepository), count, hasMore: hasNext };
}

/** A catalog is not searched by its registry: all of it is read. */
async function searchCatalog(
  registries: Registries,
  { registry, query, signal }: Search & { readonly registry: string },
): Promise<RowsPage<FoundRepository>> {
  const rows: FoundRepository[] = [];
  let read = 0;
  for await (const names of listCatalog(registries.open(registry).connection, { signal })) {
    read += names.length;
    const matching = names.filter((name) => name.includes(query.toLowerCase()));
    rows.push(...matching.map((repository) => listed(registry, repository)));
    if (read >= CATALOG_NAMES) break;
  }
  return { rows, count: rows.length, hasMore: false };
}

/** Whether the first part is a registry, though what follows it may be no valid name. */
function namesHost(text: string): boolean {
  const [first = '', ...rest] = text.split('/');
  return (
    /^https?:$/.test(first) || (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost'))
  );
}

/** One that is no valid name is left out: nobody could pull it. */
function hubRepository(item: {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  readonly isOfficial: boolean;
  readonly publisher: string;
}): readonly FoundRepository[] {
  try {
    const reference = parseReference(item.name);
    const { registry, repository } = reference;
    return [{ ...item, registry, repository, name: familiarName(reference) }];
  } catch {
    return [];
  }
}

function listed(registry: string, repository: string): FoundRepository {
  return {
    registry,
    repository,
    name: repository,
    description: '',
    stars: undefined,
    pulls: undefined,
    isOfficial: false,
    publisher: '',
  };
}

/** `docker.io/library/redis`: what a repository's page is known by. */
export function repositoryKey({
  registry,
  repository,
}: Pick<Reference, 'registry' | 'repository'>): string {
  return canonicalReference({ registry, repository });
}
