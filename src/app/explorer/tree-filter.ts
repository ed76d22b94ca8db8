import type { PathPattern } from '../../analysis/path-pattern';
import { pathMatcher } from '../../analysis/path-pattern';
import { nextTask } from '../../base/next-task';
import type { FileTree } from './file-tree';
import { inSlices } from './time-slices';

/** What a pattern found: 1 for every place that matches; `timeout` where a regular expression took too long. */
export type FilterResult =
  { readonly kind: 'found'; readonly matches: Uint8Array } | { readonly kind: 'timeout' };

/** Matches a batch of paths against a regular expression, undefined where it takes too long: `RegexMatcher` of workers/. */
export interface RegexBatches {
  match(
    batch: { readonly source: string; readonly flags: string; readonly paths: readonly string[] },
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined>;
}

/** Paths in a batch for the worker: some milliseconds to make. */
const BATCH = 4000;
/** Places between two chances to stop for a frame. */
const STEP = 500;

/** Finds the places of a tree that match, without holding up a frame. Rejects with the signal's reason when it aborts. */
export async function findMatches(
  tree: FileTree,
  pattern: Exclude<PathPattern, { kind: 'invalid' }>,
  { regex, signal }: { readonly regex: RegexBatches; readonly signal: AbortSignal },
): Promise<FilterResult> {
  if (pattern.kind !== 'regex') {
    const matches = await inSlices(matchAll(tree, pathMatcher(pattern)), { signal });
    return { kind: 'found', matches };
  }
  const { source, flags } = pattern;
  const matches = new Uint8Array(tree.count);
  for (let start = 0; start < tree.count; start += BATCH) {
    const end = Math.min(tree.count, start + BATCH);
    const paths = Array.from({ length: end - start }, (_, i) => pathAt(tree, start + i));
    const found = await regex.match({ source, flags, paths }, signal);
    if (!found) return { kind: 'timeout' };
    matches.set(found, start);
    await nextTask();
    signal.throwIfAborted();
  }
  return { kind: 'found', matches };
}

function* matchAll(
  tree: FileTree,
  isMatch: (path: string) => boolean,
): Generator<void, Uint8Array> {
  const matches = new Uint8Array(tree.count);
  for (let place = 0; place < tree.count; place++) {
    if (isMatch(pathAt(tree, place))) matches[place] = 1;
    if (place % STEP === STEP - 1) yield;
  }
  return matches;
}

function pathAt(tree: FileTree, place: number): string {
  return tree.source.entryOf(tree.nodes[place] ?? 0).path;
}
