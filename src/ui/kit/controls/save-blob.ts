/** Time that a browser may take to begin a download, ms. */
const KEPT_MS = 60_000;

/** Saves bytes to disk, under the last name of a path. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, KEPT_MS);
}
