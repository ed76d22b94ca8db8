import { tarOf, type TarItem } from '../support/tar-builder';
import { sha256 } from './samples/staged-archive';

/** An image archive whose parts a test may spoil before they are put together. */
export class ArchiveDraft {
  readonly #items: TarItem[] = [];

  /** An image of two layers as an engine saves it, under the name `good:1`. */
  static good(): ArchiveDraft {
    return new ArchiveDraft().addImage('good:1', [
      tarOf([{ path: 'etc/' }, { path: 'etc/first', content: 'one\n' }]),
      tarOf([{ path: 'etc/second', content: 'two\n' }]),
    ]);
  }

  /** An image of one layer. */
  static ofLayer(layer: Uint8Array, diffId = sha256(Buffer.from(layer))): ArchiveDraft {
    return new ArchiveDraft().addImage('good:1', [layer], [diffId]);
  }

  addImage(
    tag: string,
    layers: readonly Uint8Array[],
    diffIds = layers.map((layer) => sha256(Buffer.from(layer))),
  ): this {
    const config = {
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: diffIds },
    };
    const paths = layers.map((_, n) => `${n}/layer.tar`);
    const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: paths }];
    return this.set({ path: 'config.json', content: JSON.stringify(config) })
      .setAll(layers.map((content, n) => ({ path: `${n}/layer.tar`, content })))
      .set({ path: 'manifest.json', content: JSON.stringify(manifest) });
  }

  /** Adds an entry, or puts it in the place of the one of the same path. */
  set(item: TarItem): this {
    const at = this.#items.findIndex(({ path }) => path === item.path);
    if (at < 0) this.#items.push(item);
    else this.#items[at] = item;
    return this;
  }

  setAll(items: readonly TarItem[]): this {
    for (const item of items) this.set(item);
    return this;
  }

  setJson(path: string, value: unknown): this {
    return this.set({ path, content: JSON.stringify(value) });
  }

  remove(path: string): this {
    const at = this.#items.findIndex((item) => item.path === path);
    if (at < 0) throw new Error(`no ${path} to remove`);
    this.#items.splice(at, 1);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(tarOf(this.#items));
  }
}
