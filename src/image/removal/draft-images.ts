import type { Digest } from '../../oci/digest';
import type { ImageRoot } from '../../store/metadata-store';
import type { ImageLookup } from '../find-image';
import { summaryOf, type ListedImage } from '../image-list';
import { LayerStacks } from './layer-stacks';

/** The images that are left, found by ID, name and parent without a look at each of them: words may be thousands. */
export class DraftImages implements ImageLookup {
  readonly #images = new Map<Digest, ListedImage>();
  readonly #named = new Map<string, Set<Digest>>();
  readonly #builtOn = new Map<Digest, Set<Digest>>();
  /** Of every platform that is left. */
  readonly stacks = new LayerStacks();

  /** Images in the order in which they are listed. */
  constructor(images: readonly ListedImage[]) {
    for (const image of images) {
      this.#images.set(image.imageId, image);
      for (const name of namesOf(image)) idsAt(this.#named, name).add(image.imageId);
      const { parent } = image.shown;
      if (parent !== undefined) idsAt(this.#builtOn, parent).add(image.imageId);
      this.#stack(image.roots, 'add');
    }
  }

  get all(): readonly ListedImage[] {
    return [...this.#images.values()];
  }

  withId(imageId: Digest): ListedImage | undefined {
    return this.#images.get(imageId);
  }

  withName(name: string): ListedImage | undefined {
    const [imageId] = this.#named.get(name) ?? [];
    return imageId && this.#images.get(imageId);
  }

  withIdPrefix(prefix: string): readonly ListedImage[] {
    return this.all.filter(({ imageId }) => imageId.startsWith(prefix));
  }

  /** Images that were built on one. */
  builtOn(parent: Digest): readonly ListedImage[] {
    return [...(this.#builtOn.get(parent) ?? [])].flatMap((id) => this.#images.get(id) ?? []);
  }

  /** Puts an image in its own place, with fewer names or roots than it had. */
  replace(image: ListedImage): void {
    const before = this.#images.get(image.imageId);
    if (!before) return;
    const names = new Set(namesOf(image));
    this.#unname(before, (name) => !names.has(name));
    const kept = new Set(image.roots.map(({ target }) => target.digest));
    this.#stack(
      before.roots.filter(({ target }) => !kept.has(target.digest)),
      'remove',
    );
    this.#images.set(image.imageId, image);
  }

  delete(imageId: Digest): void {
    const image = this.#images.get(imageId);
    if (!image) return;
    this.#unname(image, () => true);
    if (image.shown.parent !== undefined) this.#builtOn.get(image.shown.parent)?.delete(imageId);
    this.#stack(image.roots, 'remove');
    this.#images.delete(imageId);
  }

  #unname(image: ListedImage, isLost: (name: string) => boolean): void {
    for (const name of namesOf(image).filter(isLost)) this.#named.get(name)?.delete(image.imageId);
  }

  #stack(roots: readonly ImageRoot[], how: 'add' | 'remove'): void {
    for (const root of roots) {
      for (const platform of summaryOf(root).platforms) this.stacks[how](platform);
    }
  }
}

function namesOf({ names, repoDigests }: ListedImage): readonly string[] {
  return [...names, ...repoDigests];
}

function idsAt<Key>(ids: Map<Key, Set<Digest>>, key: Key): Set<Digest> {
  const found = ids.get(key) ?? new Set<Digest>();
  ids.set(key, found);
  return found;
}
