import { listImages, type ListedImage } from '../../image/image-list';
import { mergeLayers } from '../../layer/stack/merge-layers';
import type { EntryTable } from '../../layer/index/layer-index';
import type { Digest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import { COMMANDS } from '../all-commands';
import type { CommandEnvironment } from '../command';
import { readIndex } from '../drydock/chosen-image';
import { completeLine } from './complete-line';
import type { Completion, CompletionSource } from './completion';
import { pastedCommands } from './pasted-commands';
import { suggest, type FailedLine, type Suggestion } from './suggestion';

/** What is looked up. */
export type AssistantEnvironment = Pick<CommandEnvironment, 'store' | 'ingestLayer' | 'platform'>;

/** Helps with the line that is being typed, and with one that failed. Keeps what it looked up until the store changes. */
export class LineAssistant implements CompletionSource {
  readonly #environment: () => AssistantEnvironment;
  #images:
    { readonly platform: string; readonly listed: Promise<readonly ListedImage[]> } | undefined;
  #files: { readonly manifest: Digest; readonly table: Promise<EntryTable> } | undefined;

  constructor(environment: () => AssistantEnvironment) {
    this.#environment = environment;
    environment().store.onChange(() => {
      this.#images = undefined;
      this.#files = undefined;
    });
  }

  complete(typed: { readonly line: string; readonly caret: number }): Promise<Completion> {
    return completeLine(COMMANDS, typed, this);
  }

  async suggest(failed: FailedLine): Promise<Suggestion | undefined> {
    return suggest(COMMANDS, failed, await this.images());
  }

  commandsIn(pasted: string): readonly string[] {
    return pastedCommands(COMMANDS, pasted);
  }

  images(): Promise<readonly ListedImage[]> {
    const { store, platform } = this.#environment();
    const text = formatPlatform(platform);
    if (this.#images?.platform !== text) {
      this.#images = { platform: text, listed: listImages(store, platform) };
    }
    return this.#images.listed;
  }

  /** The last image's files are kept: a path is typed a letter at a time. */
  files({ shown }: ListedImage): Promise<EntryTable> {
    if (this.#files?.manifest !== shown.manifest) {
      const environment = this.#environment();
      const indexes = shown.layers.map((layer) => readIndex(layer, environment));
      this.#files = { manifest: shown.manifest, table: Promise.all(indexes).then(mergeLayers) };
    }
    return this.#files.table;
  }
}
