import { isMarkerKind, Kind, kindOf } from './entry-columns';
import type { LayerIndex } from './layer-index';

/**
 * The entry that an engine has made for a path when it comes to `time`, a place in the tar as `contentOffsets` give it: the last before it.
 * A row of `tarRows`. `isReplaced` says whether something above it took it away again.
 */
export function entryBefore(
  { columns, replaced, tarRows }: LayerIndex,
  path: Uint8Array,
  time: number,
): number | undefined {
  const isBefore = (row: number): boolean => (tarRows.contentOffsets[row] ?? 0) < time;
  const own = columns.paths.rowsOf(path).find((row) => !isMarkerKind(kindOf(columns, row)));
  if (own === undefined || isBefore(own)) return own;
  const earlier = replaced.paths.rowsOf(path).map((row) => columns.rowCount + row);
  return earlier.findLast(isBefore);
}

/** True where something that is no directory took the place of `path` after `since` and before `time`, and with it all below. */
export function isReplaced(
  layer: LayerIndex,
  path: Uint8Array,
  { since, time }: { readonly since: number; readonly time: number },
): boolean {
  const { tarRows } = layer;
  for (let before = time; ;) {
    const row = entryBefore(layer, path, before);
    if (row === undefined) return false;
    before = tarRows.contentOffsets[row] ?? 0;
    if (before <= since) return false;
    if (kindOf(tarRows, row) !== Kind.dir) return true;
  }
}
