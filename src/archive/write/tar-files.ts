import { compareText } from '../../base/compare-text';
import { TAR_END, tarHeader, tarPadding } from '../../codec/tar/tar-writer';

/** Files of an archive, by path. A link's target is relative to the folder that it is in. */
export type TarFiles = Map<string, Blob | Uint8Array<ArrayBuffer> | { readonly linkTo: string }>;

/**
 * A tar of these files and of the folders that they are in, by path as engines write them, of nobody and 1970. Composed: no content is read or
 * copied.
 */
export function composeTar(files: TarFiles): Blob {
  const parts: BlobPart[] = [];
  for (const path of [...files.keys(), ...foldersOf(files)].sort(compareText)) {
    const content = files.get(path);
    if (!content) parts.push(tarHeader({ path, type: 'dir' }));
    else if ('linkTo' in content) {
      parts.push(tarHeader({ path, type: 'symlink', linkname: content.linkTo }));
    } else {
      const size = content instanceof Blob ? content.size : content.length;
      parts.push(tarHeader({ path, size }), content, tarPadding(size));
    }
  }
  return new Blob([...parts, TAR_END], { type: 'application/x-tar' });
}

/** With a slash at their ends. */
function foldersOf(files: TarFiles): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      folders.add(path.slice(0, slash + 1));
    }
  }
  return folders;
}
