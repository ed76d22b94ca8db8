import type { RegistryConnection } from '../connection';
import { listPages, type ListOptions } from '../http/paged-list';

/** Names in one page. */
const PAGE = 100;
const SCOPE = 'registry:catalog:*';

/**
 * The repositories of a registry, page by page. Many registries do not tell: Docker Hub never, others only to their administrators.
 * https://distribution.github.io/distribution/spec/api/#catalog
 */
export function listCatalog(
  connection: RegistryConnection,
  options: ListOptions = {},
): AsyncGenerator<readonly string[], void> {
  return listPages(connection, {
    ...options,
    path: `/v2/_catalog?n=${PAGE}`,
    member: 'repositories',
    what: 'the list of repositories',
    scopes: [SCOPE],
  });
}
