import type { Descriptor } from '../../oci/descriptor';
import { isDigest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import { familiarReference } from '../../oci/reference';
import { humanSize } from '../../base/human-size';
import type { App } from '../app.svelte';
import type { ExploredImage } from '../explorer/explored-image.svelte';
import type { ExplorerTab, ImageContext } from '../image/image-context';
import { openedReference, pullHash } from '../registry/pull-route';
import { imageHash, REMOTE_TABS, routeHash, type Route } from '../route';
import type { AskedRemote } from './open-remote';
import type { RemoteFacts } from './remote-facts';

/** What the address of a remote image asks for, with its name as people write it; undefined where it names none. */
export function askedRemote(route: Route): (AskedRemote & { readonly name: string }) | undefined {
  const reference = route.page === 'remote' ? openedReference(route) : undefined;
  if (!reference || route.page !== 'remote') return undefined;
  const manifest = route.query.get('manifest');
  const name = familiarReference(reference);
  return { reference, name, manifest: isDigest(manifest) ? manifest : undefined };
}

/** What the tabs of a remote image share, over the app. Its members follow the route and the language. */
export function remoteImageContext(
  { router, i18n, images }: Pick<App, 'router' | 'i18n' | 'images'>,
  image: ExploredImage,
  { reference, artifact, sizes }: RemoteFacts,
): ImageContext {
  const query = (): ReadonlyMap<string, string> =>
    router.route.page === 'remote' ? router.route.query : new Map();
  const kept = (...names: readonly string[]): [string, string][] =>
    [...query()].filter(([name]) => names.includes(name));
  const go = (tab: ExplorerTab, entries: readonly (readonly [string, string])[]): string =>
    routeHash({ page: 'remote', tab, query: new Map(entries) });
  return {
    image,
    get texts() {
      return i18n.texts;
    },
    get language() {
      return i18n.language;
    },
    tabs: artifact === undefined ? REMOTE_TABS : ['manifest', 'referrers'],
    get home() {
      const { pull, remote } = i18n.texts;
      return { hash: pullHash(reference), title: pull.title, back: remote.backToPull };
    },
    get storedHash() {
      const own = imageHash(image.source.imageId);
      return images.all
        .flatMap((row) => (row.isStored ? [row, ...row.platforms] : []))
        .map(({ href }) => href)
        .find((href) => href === own || href?.startsWith(`${own}?`));
    },
    location: { query, setQuery: (changes) => router.setQuery(changes) },
    platforms: image.source.platforms.map(({ manifest, platform }) => ({
      manifest,
      text: `${formatPlatform(platform)} · ${humanSize(sizes.get(manifest) ?? 0)}`,
    })),
    choosePlatform(manifest) {
      const tab = router.route.page === 'remote' ? router.route.tab : 'files';
      router.go(go(tab, [...kept('ref'), ['manifest', manifest]]));
    },
    href: (tab, values = {}) => go(tab, [...kept('ref', 'manifest'), ...Object.entries(values)]),
  };
}

/** What a descriptor says of its platform: `linux/arm64`; empty where it says nothing. */
export function listedPlatform({ platform }: Descriptor): string {
  return platform ? formatPlatform(platform) : '';
}
