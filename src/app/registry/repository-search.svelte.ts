import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import {
  canonicalReference,
  familiarName,
  parseReference,
  type Reference,
} from '../../oci/reference';
import { listCatalog } from '../../registry/search/catalog';
import { searchHub } from '../../registry/search/hub';
import type { Registries } from '../../registry/registries';

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

export type SearchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'searching' }
  | {
      readonly kind: 'done';
      /** Of all results, where more are found than shown. */ readonly count: number;
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

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
  #state = $state.raw<SearchState>({ kind: 'idle' });
  #found = $state.raw<readonly FoundRepository[]>([]);
  #running: AbortController | undefined;
  readonly #shown: readonly FoundRepository[];
  readonly #registries: () => Promise<Registries>;

  constructor(registries: () => Promise<Registries>) {
    this.#registries = registries;
    this.#shown = $derived(
      this.#found.filter(
        ({ isOfficial, stars = 0 }) =>
          (!this.officialOnly || isOfficial) && stars >= this.leastStars,
      ),
    );
  }

  get state(): SearchState {
    return this.#state;
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

  /** Searches for what is typed. The name of another host never goes to Docker Hub. A search that runs is given up. What goes wrong is a state; nothing rejects. */
  async search(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const query = this.#typed;
    if (this.registry === HUB && (query === '' || namesHost(query))) {
      this.#found = [];
      this.#state = { kind: 'idle' };
      return;
    }
    this.#state = { kind: 'searching' };
    try {
      const { found, count } = await this.#ask(query, running.signal);
      if (running.signal.aborted) return;
      this.#found = found;
      this.#state = { kind: 'done', count };
    } catch (error) {
      if (running.signal.aborted || isAbort(error)) return;
      this.#found = [];
      this.#state = { kind: 'failed', error: toErrorRecord(error) };
    }
  }

  async #ask(
    query: string,
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly FoundRepository[]; readonly count: number }> {
    const registries = await this.#registries();
    if (this.registry !== HUB) return this.#searchCatalog(registries, query, signal);
    const options = { pageSize: PAGE_SIZE, signal };
    const { items, count } = await searchHub(registries.transport, query, options);
    return { found: items.flatMap(hubRepository), count };
  }

  async #searchCatalog(
    registries: Registries,
    query: string,
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly FoundRepository[]; readonly count: number }> {
    const { registry } = this;
    const found: FoundRepository[] = [];
    let read = 0;
    for await (const names of listCatalog(registries.open(registry).connection, { signal })) {
      read += names.length;
      const matching = names.filter((name) => name.includes(query.toLowerCase()));
      found.push(...matching.map((repository) => listed(registry, repository)));
      if (read >= CATALOG_NAMES) break;
    }
    return { found, count: found.length };
  }
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
