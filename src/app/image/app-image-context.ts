import { isDigest, type Digest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import type { App } from '../app.svelte';
import type { ExploredImage } from '../explorer/explored-image.svelte';
import type { ImageContext } from './image-context';
import type { AskedImage } from './image-source';
import { IMAGE_TABS, imageHash, keptQuery, type Route } from '../route';

/** The image that a route asks for. */
export function askedImage({ imageId, query }: Extract<Route, { page: 'image' }>): AskedImage {
  const manifest = query.get('manifest');
  const archive = query.get('archive');
  return { imageId, manifest: isDigest(manifest) ? manifest : undefined, archive };
}

/** What the tabs of an image share, over the app. Its members follow the route and the language. */
export function appImageContext(
  { router, i18n }: Pick<App, 'router' | 'i18n'>,
  image: ExploredImage,
): ImageContext {
  const { source } = image;
  const query = (): ReadonlyMap<string, string> =>
    router.route.page === 'image' ? router.route.query : new Map();
  return {
    image,
    get texts() {
      return i18n.texts;
    },
    get language() {
      return i18n.language;
    },
    tabs: IMAGE_TABS,
    get home() {
      const { images, backToImages } = i18n.texts.explorer;
      return { hash: '#/images', title: images, back: backToImages };
    },
    location: { query, setQuery: (changes) => router.setQuery(changes) },
    platforms: source.platforms.map(({ manifest, platform }) => ({
      manifest,
      text: formatPlatform(platform),
    })),
    choosePlatform(manifest: Digest) {
      const chosen = source.platforms.find((each) => each.manifest === manifest);
      const tab = router.route.page === 'image' ? router.route.tab : 'files';
      const kept = keptQuery(query()).set('manifest', manifest);
      if (chosen) router.go(imageHash(chosen.imageId, tab, kept));
    },
    href(tab, values = {}) {
      // What is in a registry has more tabs; here they are part of the configuration's.
      const own = IMAGE_TABS.find((each) => each === tab) ?? 'config';
      return imageHash(
        source.imageId,
        own,
        new Map([...keptQuery(query()), ...Object.entries(values)]),
      );
    },
  };
}
