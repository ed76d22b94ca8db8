/** Chromium's, for files on the disk; https://wicg.github.io/file-system-access/#api-showsavefilepicker */
interface SaveDialog {
  showSaveFilePicker(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
}

function hasSaveDialog(scope: object): scope is SaveDialog {
  return 'showSaveFilePicker' in scope;
}

/** Asks for a place for a new file, or a file to replace; undefined in browsers that have no such dialog. */
export function saveDialog(
  scope: object,
): ((name: string) => Promise<FileSystemFileHandle>) | undefined {
  return hasSaveDialog(scope)
    ? (name) => scope.showSaveFilePicker({ suggestedName: name })
    : undefined;
}

/** Long enough for a browser to begin to read what it downloads, even where it asks for a place first. */
const DOWNLOAD_BEGINS_MS = 60_000;

/** Hands content to the browser's downloads, without a copy. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_BEGINS_MS);
}
