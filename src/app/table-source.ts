import type { EntryTable } from '../layer/layer-index';
import type { Change, TreeSource } from './tree-source';

/** A layer or a merged filesystem as a tree. `changes` says by position what happened to an entry: 0, or a code of `changeCode`. */
export function tableSource(
  table: EntryTable,
  changeOf: (position: number) => Change | undefined = () => undefined,
): TreeSource {
  return {
    count: table.entryCount,
    children: (directory) =>
      table.childPositions(directory === undefined ? '' : table.at(directory).path),
    find: (path) => table.find(path)?.position,
    isDirectory: (position) => table.at(position).type === 'dir',
    sizeOf: (position) => table.sizeAt(position),
    changeOf,
    entryOf: (position) => table.at(position),
  };
}
