import { growTree, type FileTree } from '../../src/app/explorer/file-tree';
import type { TreeSource } from '../../src/app/explorer/tree-source';
import type { Change } from '../../src/layer/stack/compare-layers';
import type { LayerEntry } from '../../src/layer/index/layer-index';

export interface ListedEntry {
  readonly path: string;
  readonly size?: number;
  readonly change?: Change;
}

/** Runs the building of a tree to its end. */
export function grow(source: TreeSource): FileTree {
  const work = growTree(source);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** The tree of a list of paths, as `listedTree` takes them. */
export function grownTree(...list: readonly (string | ListedEntry)[]): FileTree {
  return grow(listedTree(list));
}

/** A tree source of a list of paths, sorted bytewise; a path that ends with a slash, or that others lie in, is a directory. */
export function listedTree(list: readonly (string | ListedEntry)[]): TreeSource {
  const entries = list
    .map((item) => (typeof item === 'string' ? { path: item } : item))
    .sort((a, b) => (a.path.replace(/\/$/, '') < b.path.replace(/\/$/, '') ? -1 : 1));
  const paths = entries.map(({ path }) => path.replace(/\/$/, ''));
  const isDirectory = (node: number) =>
    (entries[node]?.path.endsWith('/') ?? false) ||
    paths.some((path) => path.startsWith(`${paths[node]}/`));
  const parentOf = (path: string) =>
    path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  return {
    count: entries.length,
    children: (directory) => {
      const parent = directory === undefined ? '' : paths[directory];
      return [...paths.keys()].filter((node) => parentOf(paths[node] ?? '') === parent);
    },
    find: (path) => {
      const node = paths.indexOf(path);
      return node < 0 ? undefined : node;
    },
    isDirectory,
    sizeOf: (node) => entries[node]?.size ?? 0,
    changeOf: (node) => entries[node]?.change,
    entryOf: (node): LayerEntry => ({
      position: node,
      path: paths[node] ?? '',
      type: isDirectory(node) ? 'dir' : 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: entries[node]?.size ?? 0,
      mtime: 0,
      linkname: '',
      whiteout: false,
    }),
  };
}
