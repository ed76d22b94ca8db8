import type { LayerEntry } from '../../layer/index/layer-index';

/** As many as Linux follows before it says ELOOP. */
const MAX_HOPS = 40;

/** Where a symlink leads in a filesystem. */
export type LinkTarget =
  | { readonly kind: 'found'; readonly entry: LayerEntry }
  /** The root itself. */
  | { readonly kind: 'root' }
  /** Nothing there; `path` is the first that is missing. */
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'loop' };

/** Follows a symlink to its end, links in directories on the way included; `..` stops at the root. Paths as `LayerEntry.path`. */
export function followLink(
  link: LayerEntry,
  find: (path: string) => LayerEntry | undefined,
): LinkTarget {
  const rest = partsFrom(link.path, link.linkname);
  let hops = 1;
  let at: string[] = [];
  let entry: LayerEntry | undefined;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      at.pop();
      entry = at.length > 0 ? find(at.join('/')) : undefined;
      continue;
    }
    const path = [...at, part].join('/');
    entry = find(path);
    if (!entry) return { kind: 'missing', path };
    if (entry.type !== 'symlink') {
      at.push(part);
      continue;
    }
    if (++hops > MAX_HOPS) return { kind: 'loop' };
    rest.unshift(...partsFrom(path, entry.linkname));
    at = [];
    entry = undefined;
  }
  return entry ? { kind: 'found', entry } : { kind: 'root' };
}

/** What a link at `path` says, as names to walk from the root. */
function partsFrom(path: string, target: string): string[] {
  const start = target.startsWith('/') ? [] : path.split('/').slice(0, -1);
  return [...start, ...target.split('/')].filter((part) => part !== '' && part !== '.');
}
