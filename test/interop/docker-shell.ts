import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURE_FILES } from '../support/fixture-images';
import { Engine } from './engine';
import { run } from './program';
import { withImages, type Shell } from './shell';

/** A shell whose docker has an engine of its own, with these archives loaded. */
export async function dockerShell(images: readonly string[]): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-shell-'));
  for (const [name, blob] of Object.entries(FIXTURE_FILES)) {
    await writeFile(join(folder, name), new Uint8Array(await blob.arrayBuffer()));
  }
  const engine = await Engine.start();
  // Help names the folder of the client's settings.
  const env = { DOCKER_HOST: engine.host, HOME: '/root' };
  const shell: Shell = {
    run: async (line) => {
      const { stdout, stderr, exitCode } = await run('sh', ['-c', line], { cwd: folder, env });
      return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
    },
    close: async () => {
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
  return withImages(shell, images);
}
