import type { ImageRoot } from '../store/metadata-store';
import { mergeSummaries, parseImageSummary } from './summary';

/** An image that is stored again keeps what it had before: other platforms, and the names that a registry has for it. */
export function mergeRoots(older: ImageRoot | undefined, newer: ImageRoot): ImageRoot {
  const before = older && parseImageSummary(older.summary);
  const after = parseImageSummary(newer.summary);
  if (!older || !before || !after) return newer;
  return {
    ...newer,
    blobs: [...new Set([...newer.blobs, ...older.blobs])],
    diffIds: [...new Set([...newer.diffIds, ...older.diffIds])],
    repoDigests: [...new Set([...older.repoDigests, ...newer.repoDigests])],
    summary: mergeSummaries(before, after),
  };
}
