import { createContext } from 'svelte';
import type { Messages, Translation } from '../../i18n/messages';
import type { Digest } from '../../oci/digest';
import type { ExploredImage } from '../explorer/explored-image.svelte';
import type { RemoteTab } from '../route';
import type { ExplorerLocation } from '../explorer/explorer.svelte';

/** Tabs of an image, in their order. */
export type ExplorerTab = RemoteTab;

/** What the tabs of one image share. Its members are read when they are needed: they change. */
export interface ImageContext {
  readonly image: ExploredImage;
  readonly texts: { readonly [Domain in keyof Messages]: Translation<Messages[Domain]> };
  /** BCP 47. */
  readonly language: string;
  readonly location: ExplorerLocation;
  /** Those that this image has. */
  readonly tabs: readonly ExplorerTab[];
  /** Where the list is that the image was chosen from. */
  readonly home: { readonly hash: string; readonly title: string; readonly back: string };
  /** Where the stored image is, if this one is in a registry and stored as well. */
  readonly storedHash?: string | undefined;
  /** Platforms to choose from, `linux/arm64`, by the digest of their manifests. */
  readonly platforms: readonly { readonly manifest: Digest; readonly text: string }[];
  choosePlatform(manifest: Digest): void;
  /** The hash of a tab of this image, with what it keeps in its URL. */
  href(tab: ExplorerTab, query?: Readonly<Record<string, string>>): string;
}

/** The image that a component belongs to. The image's page sets it. */
export const [getImage, setImage] = createContext<ImageContext>();
