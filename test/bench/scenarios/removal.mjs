import { dockerSave } from '../archives.mjs';
import { withStored } from '../loads.mjs';
import { measureRemoval } from '../measure-removal.mjs';
import { line } from '../report.mjs';

/** `docker rmi` of an image of 1 GB, from the list and with the image open. */
export const name = 'removal';

export async function measure({ url }) {
  const file = await dockerSave();
  const remove = (isOpen) =>
    withStored(url, file, (profile) => measureRemoval(url, profile, { isOpen }));
  const listed = await remove(false);
  const opened = await remove(true);
  const seconds = { unit: 's', bar: 1 };
  return [
    line('`docker rmi`, until the bytes are free', listed.freed, seconds),
    line('`docker rmi` of the image that is open', opened.freed, seconds),
  ];
}
