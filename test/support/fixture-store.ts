import type { CommandEnvironment } from '../../src/commands/command';
import {
  runCommandLine,
  type RunOptions,
  type RunResult,
} from '../../src/commands/run-command-line';
import { createEncodeLayer } from '../../src/layer/encode-layer';
import { readContent } from '../../src/layer/read-content';
import { DEFAULT_PLATFORM } from '../../src/oci/platform';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import type { Store } from '../../src/store/store';
import { FIXTURE_FILES } from './fixture-images';
import { loadInto, unpackArchive } from './load-environment';
import { lookHere, pullWith, registriesFor } from './registries';

/** A memory store into which the images of the goldens were loaded, and what runs commands over it. */
export async function fixtureEnvironment(): Promise<CommandEnvironment> {
  const environment = environmentOf(await openMemoryStore());
  const loaded = await run(environment, 'docker load -i fixture.tar', { files: FIXTURE_FILES });
  if (loaded.exitCode !== 0) throw new Error(loaded.stderr);
  return environment;
}

/** Runs in this thread what the page has workers for.  */
export function environmentOf(
  store: Store,
  network: NonNullable<Parameters<typeof registriesFor>[0]> = {},
): CommandEnvironment {
  const { hashBlob, ingestLayer } = loadInto(store);
  return {
    store,
    ingestLayer,
    unpackArchive,
    encodeLayer: createEncodeLayer(store.content),
    hashBlob,
    readContent,
    registries: registriesFor(network),
    version: '0.0.0',
    pullLayer: pullWith(ingestLayer, network),
    lookAtLayer: lookHere,
    platform: DEFAULT_PLATFORM,
  };
}

/** Runs a line as `window.drydock.run` does. */
export function run(
  environment: CommandEnvironment,
  line: string,
  options: RunOptions = {},
): Promise<RunResult> {
  return runCommandLine(line, environment, options);
}
