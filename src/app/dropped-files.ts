import { ArchiveError } from '../archive/errors';

export interface Dropped {
  readonly files: readonly File[];
  /** Names of folders, which are given as files that cannot be read. */
  readonly folders: readonly string[];
}

/** What was dropped on the page. */
export function droppedFiles({ items, files }: DataTransfer): Dropped {
  const entries = [...items].map((item) => item.webkitGetAsEntry());
  const folders = new Set(entries.flatMap((entry) => (entry?.isDirectory ? [entry.name] : [])));
  return { files: [...files].filter(({ name }) => !folders.has(name)), folders: [...folders] };
}

/** The error for a folder where an archive is wanted. */
export function isFolder(name: string): ArchiveError {
  return new ArchiveError('is-folder', `${name} is a folder, not an image archive.`, {
    detail: { archive: name },
  });
}
