import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { collect } from '../../src/base/byte-source';
import type { Clock } from '../../src/base/task';
import type { CommandEnvironment } from '../../src/commands/command';
import {
  runCommandLine,
  type RunOptions,
  type RunResult,
} from '../../src/commands/run-command-line';
import { createIngestLayer } from '../../src/layer/create-ingest-layer';
import { createEncodeLayer } from '../../src/layer/encode-layer';
import { readContent } from '../../src/layer/read-content';
import { parseDigest } from '../../src/oci/digest';
import { DEFAULT_PLATFORM } from '../../src/oci/platform';
import type { Credential } from '../../src/registry/auth/credential';
import type { Fetch } from '../../src/registry/http/transport';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import type { Store } from '../../src/store/store';
import { unpackArchive } from '../support/load-environment';
import { lookHere, pullWith, registriesFor } from '../support/registries';
import type { ListedEntry } from './tar-listing';

export interface DrydockOptions {
  /** What an earlier one stored, as the next tab finds it; an empty one in memory where it is not said. */
  readonly store?: Store;
  /** What everything of registries is fetched by. */
  readonly fetch?: Fetch;
  /** The proxy's template, as Settings has it. */
  readonly proxy?: string;
  /** The clock of logins. */
  readonly now?: Clock;
  /** Milliseconds that a server may let nothing come. */
  readonly idleMs?: number;
  /** What it is logged in with, wherever it goes. */
  readonly credential?: Credential | undefined;
}

/** Drydock with an empty store in memory, as `window.drydock` in a page. */
export class Drydock {
  private constructor(
    readonly store: Store,
    private readonly environment: CommandEnvironment,
  ) {}

  static async open({
    store: known,
    credential,
    proxy,
    ...network
  }: DrydockOptions = {}): Promise<Drydock> {
    const store = known ?? (await openMemoryStore());
    const { content } = store;
    const ingestLayer = createIngestLayer(content);
    return new Drydock(store, {
      store,
      ingestLayer,
      unpackArchive,
      encodeLayer: createEncodeLayer(content),
      hashBlob: async (source) => parseDigest(`sha256:${hash(await collect(source.open()))}`),
      readContent,
      registries: registriesFor({
        credentials: { get: () => credential },
        proxy: () => proxy,
        ...network,
      }),
      version: '0.0.0',
      pullLayer: pullWith(ingestLayer, network),
      lookAtLayer: lookHere,
      platform: DEFAULT_PLATFORM,
    });
  }

  run(line: string, options?: RunOptions): Promise<RunResult> {
    return runCommandLine(line, this.environment, options);
  }

  /** `drydock files`: the merged filesystem. */
  async files(image: string): Promise<readonly ListedEntry[]> {
    const result = await this.run(`drydock files --format json ${image}`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return JSON.parse(result.stdout) as readonly ListedEntry[];
  }

  /** SHA-256 of what `drydock cat` writes, as hex digits. */
  async contentHash(image: string, path: string): Promise<string> {
    const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
    const result = await this.run(`drydock cat ${image} ${quoted} > content`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return hash(new Uint8Array(await (result.files['content'] ?? new Blob()).arrayBuffer()));
  }

  /** What is stored, and what is shown of it. */
  async state(): Promise<unknown> {
    const blobs: string[] = [];
    for await (const { digest } of this.store.content.list()) blobs.push(digest);
    const { stdout } = await this.run('docker images --no-trunc', { now: new Date(0) });
    return { blobs: blobs.sort(), images: stdout, verified: await this.run('drydock verify') };
  }
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
