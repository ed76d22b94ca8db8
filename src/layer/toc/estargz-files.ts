export const TOC_NAME = 'stargz.index.json';

const FILES: ReadonlySet<string> = new Set([
  TOC_NAME,
  '.prefetch.landmark',
  '.no.prefetch.landmark',
]);

/**
 * True for what eStargz puts at the root of a layer for those who fetch it in parts. Engines unpack it like any other file.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md
 */
export function isEstargzFile(path: string): boolean {
  return FILES.has(path);
}
