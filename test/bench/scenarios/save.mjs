import { dockerSave, TAG } from '../archives.mjs';
import { withStored } from '../loads.mjs';
import { measureSave } from '../measure-save.mjs';
import { dockerSaveOf, median } from '../natives.mjs';
import { line, ratio } from '../report.mjs';

/** `docker save` of an image of about 1 GB to the disk, typed into the console. */
export const name = 'save';

export async function measure({ url, rounds }) {
  const file = await dockerSave();
  const runs = [];
  for (let n = 0; n < rounds; n++) {
    runs.push(
      await withStored(url, file, (profile) => measureSave(url, profile, { file, image: TAG })),
    );
  }
  const of = (key) => median(runs.map((run) => run[key]));
  const docker = await dockerSaveOf(file);
  return [
    ratio('`docker save` : a bare download of one stored Blob', of('download'), of('bare'), 1.3),
    ratio(
      '`docker save` through a file handle : that Blob through one',
      of('file'),
      of('written'),
      1.3,
    ),
    ratio('`docker save` : the engine’s own', of('download'), docker, 0.5),
    line('heap and buffers of the page over what they were, saving', of('heap'), {
      unit: 'MB',
      bar: 50,
      digits: 0,
    }),
  ];
}
