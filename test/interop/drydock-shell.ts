import { FIXTURE_FILES } from '../support/fixture-images';
import { Drydock } from './drydock';
import { withImages, type Shell } from './shell';

/** A shell whose docker is Drydock, with these archives loaded. */
export async function drydockShell(images: readonly string[]): Promise<Shell> {
  const drydock = await Drydock.open();
  let files = FIXTURE_FILES;
  const shell: Shell = {
    run: async (line, now) => {
      const result = await drydock.run(line, { files, now });
      files = { ...files, ...result.files };
      const { stdout, stderr, exitCode } = result;
      return { stdout, stderr, exitCode };
    },
    close: () => Promise.resolve(),
  };
  return withImages(shell, images);
}
