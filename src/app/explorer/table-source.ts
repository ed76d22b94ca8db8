import type { EntryTable } from '../../layer/index/layer-index';
import type { TreeSource } from './tree-source';

/** A layer or a merged filesystem as a tree. Of a layer alone no more is known than that its whiteouts remove. */
export function tableSource(table: EntryTable): TreeSource {
  return {
    count: table.entryCount,
    children: (directory) => table.childPositionsAt(directory),
    find: (path) => table.find(path)?.position,
    isDirectory: (position) => table.isDirectoryAt(position),
    sizeOf: (position) => table.sizeAt(position),
    changeOf: (position) => (table.isMarkerAt(position) ? 'removed' : undefined),
    entryOf: (position) => table.at(position),
  };
}
