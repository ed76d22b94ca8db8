import { readRange } from '../../src/base/byte-source';
import type { CommandEnvironment } from '../../src/commands/command';
import {
  runCommandLine,
  type RunOptions,
  type RunResult,
} from '../../src/commands/run-command-line';
import { TarReader } from '../../src/codec/tar-reader';
import { createXxh3 } from '../../src/codec/xxh3';
import { LayerIndexBuilder } from '../../src/layer/layer-index-builder';
import type { IngestLayer } from '../../src/layer/ingest-layer';
import { DEFAULT_PLATFORM } from '../../src/oci/platform';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import type { Store } from '../../src/store/store';
import { FIXTURE_FILES } from './fixture-images';
import { loadInto, unpackArchive } from './load-environment';
import { registriesFor } from './registries';

/** A memory store into which the images of the goldens were loaded, and what runs commands over it. */
export async function fixtureEnvironment(): Promise<CommandEnvironment> {
  const environment = environmentOf(await openMemoryStore());
  const loaded = await run(environment, 'docker load -i fixture.tar', { files: FIXTURE_FILES });
  if (loaded.exitCode !== 0) throw new Error(loaded.stderr);
  return environment;
}

/** Runs in this thread what the page has workers for. Layers are plain or gzip. */
export function environmentOf(store: Store): CommandEnvironment {
  const { hashBlob, ingestLayer } = loadInto(store);
  return {
    store,
    ingestLayer: withIndex(store, ingestLayer),
    unpackArchive,
    hashBlob,
    readContent: async (source, { offset, storedSize }) => {
      const bytes = await readRange(source, { start: offset, end: offset + storedSize });
      return new Blob([bytes]);
    },
    registries: registriesFor(),
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

/** Stores the index of a plain layer, too. */
function withIndex(store: Store, ingestLayer: IngestLayer): IngestLayer {
  return async (source, expected, options) => {
    const ingested = await ingestLayer(source, expected, options);
    const bytes = await readRange(source, { start: 0, end: ingested.size });
    const builder = new LayerIndexBuilder(await createXxh3());
    const reader = new TarReader({
      entry: (entry) => {
        builder.entry(entry);
      },
      content: (chunk) => {
        builder.content(chunk);
      },
    });
    reader.push(bytes);
    reader.finish();
    const { diffId, unpackedSize } = ingested;
    const index = builder.finish({ diffId, unpackedSize, tarSize: bytes.length });
    await store.indexes.put(diffId, index);
    return ingested;
  };
}
