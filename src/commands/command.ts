import type { ByteSource } from '../base/byte-source';
import type { AbortOptions, Clock, TaskOptions } from '../base/task';
import type { HashBlob } from '../image/store-sink';
import type { EncodeLayer } from '../layer/encode-layer';
import type { IngestLayer, UnpackArchive } from '../layer/ingest-layer';
import type { ContentLocation } from '../layer/index/layer-index';
import type { Platform } from '../oci/platform';
import type { PullLayer } from '../registry/pull/pull-layer';
import type { LookAtLayer } from '../registry/remote/remote-layer';
import type { Registries } from '../registry/registries';
import type { Store } from '../store/store';
import type { FlagValues } from './shell/flags';
import type { Usage } from './shell/usage';

/** Where a command's text goes, as it comes. */
export interface Output {
  write(text: string): void;
}

/** A command's output proper, which may be a file. */
export interface StandardOutput extends Output {
  /** False where `> NAME` was given: then bytes may be written. */
  readonly isTerminal: boolean;
  writeBlob(content: Blob): void;
}

/** The files that `-i NAME` reads and `-o NAME` writes. */
export interface CommandFiles {
  /** Undefined where there is no such file; the console opens its file picker instead. */
  read(name: string): Promise<Blob | undefined>;
  /**
   * Asks for a file to be written, before the work whose result it takes: a browser's file dialog opens only as an answer to a key or a
   * press. Rejects as aborted where the user does not want it.
   */
  create(name: string): Promise<OutputFile>;
}

/** A file on its way out. Nothing of it is there before `write` has ended. */
export interface OutputFile {
  /** Puts the content whole, or not at all. */
  write(content: Blob, options?: TaskOptions): Promise<void>;
  /** The file is not wanted after all. Harmless after a write, and twice. */
  discard(): Promise<void>;
}

/** Reads one file of a layer as it is stored, compressed or not. `main.ts` hands in the worker pool's. */
export type ReadContent = (
  layer: ByteSource,
  location: ContentLocation,
  options?: AbortOptions,
) => Promise<Blob>;

/** What a command works on; the composition root supplies it. */
export interface CommandEnvironment {
  readonly store: Store;
  readonly ingestLayer: IngestLayer;
  readonly unpackArchive: UnpackArchive;
  readonly encodeLayer: EncodeLayer;
  readonly hashBlob: HashBlob;
  readonly readContent: ReadContent;
  readonly registries: Registries;
  /** Of Drydock. */
  readonly version: string;
  readonly pullLayer: PullLayer;
  readonly lookAtLayer: LookAtLayer;
  /** The platform shown where a command names none. */
  readonly platform: Platform;
}

/** Everything a command talks to. */
export interface CommandContext extends CommandEnvironment, TaskOptions {
  readonly out: StandardOutput;
  readonly err: Output;
  readonly files: CommandFiles;
  /** Gives the file of `> NAME` to a command that writes it itself; undefined where there is no redirection. */
  readonly redirection: (() => Promise<OutputFile>) | undefined;
  /** What `< NAME` gives; undefined where there is no redirection. */
  readonly input: { readonly name: string; readonly blob: Blob } | undefined;
  readonly now: Clock;
  /** Empties the screen, where there is one. */
  readonly clear: () => void;
  /** Asks what was just printed; resolves to false where nobody can be asked. */
  readonly confirm: () => Promise<boolean>;
  /** Somebody can be asked. */
  readonly isInteractive: boolean;
  /** Reads the line that was just asked for; undefined where nobody can be asked. */
  readonly askText: () => Promise<string | undefined>;
  /** As `askText`, but what is typed is neither shown nor kept. */
  readonly askPassword: () => Promise<string | undefined>;
}

/** How a command was called. */
export interface Call {
  readonly flags: FlagValues;
  readonly operands: readonly string[];
}

/** One verb. Throws `CommandError` where docker would refuse; resolves to the exit code. Talks only to its context. */
export interface Command extends Omit<Usage, 'path'> {
  /** Each as docker's help has it, with a usage of its own: `docker image ls`, `docker images`. */
  readonly paths: readonly [string, ...string[]];
  /** Other ways to write the first path, which its usage does not name: `docker image list`. */
  readonly synonyms?: readonly string[];
  /** After the first operand nothing is a flag. */
  readonly flagsFirst?: true;
  run(call: Call, context: CommandContext): Promise<number>;
}
