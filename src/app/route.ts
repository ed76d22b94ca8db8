import { isDigest, type Digest } from '../oci/digest';

export const IMAGE_TABS = ['files', 'history', 'config'] as const;
export type ImageTab = (typeof IMAGE_TABS)[number];

export const REMOTE_TABS = [...IMAGE_TABS, 'manifest', 'referrers'] as const;
export type RemoteTab = (typeof REMOTE_TABS)[number];

/** What a URL's hash names. `#/images/sha256:…/files?manifest=sha256:…` has all the parts there are. */
export type Route =
  | { readonly page: 'images' | 'console' | 'settings' }
  /** `ref` of the query is the reference that is open. */
  | { readonly page: 'pull'; readonly query: ReadonlyMap<string, string> }
  | {
      /** An image in a registry, not pulled. */
      readonly page: 'remote';
      readonly tab: RemoteTab;
      /** `ref` is the reference, `manifest` the platform that is chosen, the rest is the tab's own. */
      readonly query: ReadonlyMap<string, string>;
    }
  | {
      readonly page: 'image';
      /** Digest of the configuration: the image ID. */
      readonly imageId: Digest;
      readonly tab: ImageTab;
      /**
       * What a tab keeps in the URL: `manifest` tells apart images that share a configuration, `archive` names one that is looked into in
       * this tab alone, the rest is the tab's own.
       */
      readonly query: ReadonlyMap<string, string>;
    }
  | { readonly page: 'unknown'; readonly hash: string };

/** The route of a hash, `#` included. No hash is the list of images; an image without a tab is its files. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const [page = '', id, tab = 'files', ...rest] = path.split('/').filter((part) => part !== '');
  if (id === undefined) {
    if (page === '' || page === 'images') return { page: 'images' };
    if (page === 'console' || page === 'settings') return { page };
    if (page === 'pull') return { page, query: new Map(new URLSearchParams(search)) };
    return { page: 'unknown', hash };
  }
  const query = new Map(new URLSearchParams(search));
  if (page === 'pull' && id === 'inspect' && isRemoteTab(tab) && rest.length === 0) {
    return { page: 'remote', tab, query };
  }
  const imageId = decode(id);
  if (page !== 'images' || !isDigest(imageId) || !isImageTab(tab) || rest.length > 0) {
    return { page: 'unknown', hash };
  }
  return { page: 'image', imageId, tab, query };
}

/** The hash of a route, `#` included. */
export function routeHash(route: Route): string {
  if (route.page === 'unknown') return route.hash;
  if (route.page === 'pull') return `#/pull${searchText(route.query)}`;
  if (route.page === 'remote') return `#/pull/inspect/${route.tab}${searchText(route.query)}`;
  if (route.page !== 'image') return `#/${route.page}`;
  return imageHash(route.imageId, route.tab, route.query);
}

/** What the tabs of an image keep of its query: which of several that have its ID it is. */
export function keptQuery(query: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...query].filter(([name]) => name === 'manifest' || name === 'archive'));
}

/** The hash of a tab of an image, `#` included. */
export function imageHash(
  imageId: Digest,
  tab: ImageTab = 'files',
  query: ReadonlyMap<string, string> = new Map(),
): string {
  return `#/images/${imageId}/${tab}${searchText(query)}`;
}

function searchText(query: ReadonlyMap<string, string>): string {
  const search = new URLSearchParams([...query]).toString();
  return search === '' ? '' : `?${search}`;
}

function isImageTab(text: string): text is ImageTab {
  return IMAGE_TABS.some((tab) => tab === text);
}

function isRemoteTab(text: string): text is RemoteTab {
  return REMOTE_TABS.some((tab) => tab === text);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
