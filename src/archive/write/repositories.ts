import { encodeUtf8 } from '../../base/bytes';
import { compareText } from '../../base/compare-text';
import { goJson, type OrderedJson } from '../../image/go-json';
import { familiarName, type Reference } from '../../oci/reference';

/** An image and the ID of its top layer: that of a layer of docker before 1.10, or since then the digest of its blob. In hex digits. */
export interface NamedTop {
  readonly names: readonly Reference[];
  readonly top: string;
}

/** The file `repositories`: name to tag to top layer, sorted as Go sorts maps. */
export function repositoriesJson(images: readonly NamedTop[]): Uint8Array<ArrayBuffer> {
  const repositories = new Map<string, Map<string, string>>();
  for (const { names, top } of images) {
    for (const name of names) {
      const tags = repositories.get(familiarName(name)) ?? new Map<string, string>();
      repositories.set(familiarName(name), tags.set(name.tag ?? 'latest', top));
    }
  }
  const json = sorted([...repositories].map(([name, tags]) => [name, sorted([...tags])]));
  return encodeUtf8(`${goJson(json)}\n`);
}

function sorted(members: readonly (readonly [string, OrderedJson])[]): Map<string, OrderedJson> {
  return new Map(members.toSorted(([a], [b]) => compareText(a, b)));
}
