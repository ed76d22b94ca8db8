import { LIMITS } from '../base/limits';
import { isArray, isObject, parseJson } from '../oci/json';
import type { ArchiveContents } from './archive-contents';
import { dirLayout, noImage, whatElse } from './no-image';

/** Formats of image archives. An archive with a manifest.json may be an OCI layout too. */
export type ArchiveFormat = 'docker-archive' | 'oci-layout' | 'legacy-docker-archive';

/**
 * Says which of its documents an archive is to be read by. Rejects with what it is instead, where it is no image, or with what is wrong
 * with manifest.json.
 */
export async function recognise(contents: ArchiveContents): Promise<ArchiveFormat> {
  const { entries, name } = contents;
  const isLayout = entries.find('index.json') !== undefined && hasBlobs(contents);
  const manifest = await kindOfManifestJson(contents);
  if (manifest === 'images') return 'docker-archive';
  if (isLayout) return 'oci-layout';
  if (manifest === 'empty') throw noImage(name, 'its manifest.json names none');
  if (manifest === 'dir-layout' || manifest === 'schema1') throw dirLayout(name, manifest);
  if (isLegacy(contents)) return 'legacy-docker-archive';
  throw whatElse(name, entries.paths());
}

type ManifestJson = 'images' | 'empty' | 'dir-layout' | 'schema1' | 'other' | 'absent';

/** A manifest.json may be docker's list of images, the manifest of a `dir:` layout, or anybody's file of that name. */
async function kindOfManifestJson(contents: ArchiveContents): Promise<ManifestJson> {
  if (!contents.entries.find('manifest.json')) return 'absent';
  const what = `manifest.json in ${contents.name}`;
  const { bytes } = await contents.document('manifest.json', LIMITS.manifestBytes);
  const json = parseJson(bytes, { what });
  if (isArray(json)) return json.length > 0 ? 'images' : 'empty';
  if (json === null) return 'empty';
  if (!isObject(json)) return 'other';
  if (json['schemaVersion'] === 1) return 'schema1';
  return json['schemaVersion'] === 2 ? 'dir-layout' : 'other';
}

function hasBlobs({ entries }: ArchiveContents): boolean {
  if (entries.find('oci-layout')) return true;
  for (const path of entries.paths()) if (path.startsWith('blobs/')) return true;
  return false;
}

function isLegacy({ entries }: ArchiveContents): boolean {
  if (!entries.find('repositories')) return false;
  for (const path of entries.paths()) if (/^[^/]+\/json$/.test(path)) return true;
  return false;
}
