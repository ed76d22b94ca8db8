import type { AbortOptions, Clock, Progress, TaskOptions } from '../base/task';
import type { ByteSource } from '../base/byte-source';
import type { IngestLayer, UnpackArchive } from '../layer/ingest-layer';
import type { Platform } from '../oci/platform';
import type { Digest } from '../oci/digest';
import type { Store } from '../store/store';

/** Where a command's text goes, as it comes. */
export interface Output {
  write(text: string): void;
}

/** What `-i NAME`, `< NAME` read and `-o NAME`, `> NAME` write. */
export interface CommandFiles {
  /** Undefined where there is no such file. The console opens its file picker instead. */
  read(name: string): Promise<Blob | undefined>;
  write(name: string, content: Blob): Promise<void>;
  /** True where `< NAME` was given. */
  readonly hasInput: boolean;
  /** True where `> NAME` was given: then `out` is no terminal, and bytes may be written. */
  readonly hasOutput: boolean;
}

/** Everything a command talks to. */
export interface CommandContext extends TaskOptions {
  readonly store: Store;
  readonly ingestLayer: IngestLayer;
  readonly unpackArchive: UnpackArchive;
  readonly hashBlob: (source: ByteSource, options?: AbortOptions) => Promise<Digest>;
  readonly out: Output;
  readonly err: Output;
  /** Writes bytes to the output: the command's file or redirect. */
  readonly files: CommandFiles;
  readonly now: Clock;
  /** The platform shown where a command names none. */
  readonly platform: Platform;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One verb. `parse` is pure and throws `usage`; `run` talks only to its context and resolves to the exit code. */
export interface Command<Args> {
  /** In full, as docker's help has it: `docker image ls`. */
  readonly name: string;
  /** Other ways to call it: `docker images`, `docker image list`. */
  readonly aliases: readonly string[];
  /** One line for `help`. */
  readonly summary: string;
  parse(words: readonly string[]): Args;
  run(args: Args, context: CommandContext): Promise<number>;
}
