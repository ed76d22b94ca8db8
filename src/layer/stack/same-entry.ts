import type { LayerEntry } from '../index/layer-index';

/** Whether two entries are of one type, and of one size or target; of files, the content itself is to be compared besides. */
export function isSameKind(a: LayerEntry, b: LayerEntry): boolean {
  return a.type === b.type && a.size === b.size && a.linkname === b.linkname;
}

/** Whether two entries have the same mode, owner and time; extended attributes are to be compared besides. */
export function isSameInode(a: LayerEntry, b: LayerEntry): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtime === b.mtime;
}
