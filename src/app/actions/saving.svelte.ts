import { isAbort, toErrorRecord } from '../../base/errors';
import { humanSize } from '../../base/human-size';
import type { OutputFile } from '../../commands/command';
import { CommandError } from '../../commands/errors';
import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';
import { wordsOf } from '../library/row-words';
import { runCommand } from './run-command';

const ARCHIVE_TYPES = ['docker', 'oci', 'legacy'] as const;
export type ArchiveType = (typeof ARCHIVE_TYPES)[number];

export const ENCODINGS = ['stored', 'none', 'gzip', 'zstd'] as const;
/** `stored`: as the layers are stored. */
export type Encoding = (typeof ENCODINGS)[number];

/** Saving images to disk: what is chosen, as the command that does it. */
export class Saving {
  fileName = $state('');
  #type = $state<ArchiveType>('docker');
  #encoding = $state<Encoding>('stored');
  /** Those that are left out. */
  #without = $state.raw<ReadonlySet<string>>(new Set());
  readonly #rows: readonly LibraryRow[];
  readonly #app: App;

  /** With a platform, that one is chosen and no other. */
  constructor(app: App, rows: readonly LibraryRow[], platform?: string) {
    this.#app = app;
    this.#rows = rows;
    if (platform !== undefined) {
      this.#without = new Set(this.platforms.filter((other) => other !== platform));
    }
    this.fileName = fileNameOf(rows);
  }

  get type(): ArchiveType {
    return this.#type;
  }

  set type(type: ArchiveType) {
    this.#type = type;
    // Its layers are plain, always.
    if (type === 'legacy') this.#encoding = 'stored';
  }

  /** True where an image has no layers: docker makes no archive of such a one, nor had one of before 1.10 a place for it. */
  get hasNoLayers(): boolean {
    return this.#rows.some(({ layers }) => layers.length === 0);
  }

  get types(): readonly ArchiveType[] {
    return this.hasNoLayers ? ARCHIVE_TYPES.filter((type) => type !== 'legacy') : ARCHIVE_TYPES;
  }

  get encoding(): Encoding {
    return this.#encoding;
  }

  set encoding(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** Platforms that are here, where there is a choice. */
  get platforms(): readonly string[] {
    const all = this.#rows.flatMap(({ platforms }) =>
      platforms.flatMap(({ text, href }) => (href === undefined ? [] : [text])),
    );
    const unique = [...new Set(all)];
    return this.#rows.length === 1 && unique.length > 1 ? unique : [];
  }

  takes(platform: string): boolean {
    return !this.#without.has(platform);
  }

  togglePlatform(platform: string): void {
    const without = new Set(this.#without);
    if (!without.delete(platform)) without.add(platform);
    this.#without = without;
  }

  get isReady(): boolean {
    const { platforms } = this;
    const takesOne = platforms.length === 0 || platforms.some((text) => this.takes(text));
    return this.fileName.trim() !== '' && takesOne;
  }

  /** What a console would be told. */
  get command(): string {
    const platforms = this.platforms.some((text) => !this.takes(text))
      ? this.platforms.filter((text) => this.takes(text))
      : [];
    const isPlain =
      this.#type === 'docker' && this.#encoding === 'stored' && platforms.length === 0;
    const isDocker = isPlain && !this.hasNoLayers;
    return [
      isDocker ? 'docker save' : 'drydock save',
      ...(this.#type === 'docker' ? [] : [`--type ${this.#type}`]),
      ...(this.#encoding === 'stored' ? [] : [`--compress ${this.#encoding}`]),
      ...(platforms.length > 0 ? [`--platform ${platforms.join(',')}`] : []),
      `-o ${quoteShellWord(this.fileName.trim())}`,
      ...this.#rows.flatMap(wordsOf),
    ].join(' ');
  }

  /** Asks where, then saves. To be called as an answer to a press. What goes wrong is told; nothing rejects. */
  async run(): Promise<void> {
    const { notices, selection, i18n } = this.#app;
    const name = this.fileName.trim();
    const texts = i18n.texts.actions;
    try {
      const file = await this.#app.createFile(name);
      const { size, notes } = await this.#save(file, name).finally(() => file.discard());
      notices.say([texts.saved(name, humanSize(size)), ...notes].join('. '));
      selection.clear();
    } catch (error) {
      if (isAbort(error)) notices.say(texts.saveCancelled(name));
      else notices.fail({ error: toErrorRecord(error), isSave: true });
    }
  }

  /** By the command that the dialog shows: there is one way to save. */
  #save(file: OutputFile, name: string): Promise<{ size: number; notes: readonly string[] }> {
    const { command } = this;
    const { tasks, run } = this.#app;
    return tasks.start({ kind: 'save', subject: name }, async (options) => {
      const { files, stderr } = await runCommand(run, command, options);
      const content = files[name];
      if (!content) throw new CommandError('refused', stderr.trim());
      await file.write(content, options);
      return { size: content.size, notes: stderr.split('\n').filter(Boolean) };
    }).result;
  }
}

function fileNameOf(rows: readonly LibraryRow[]): string {
  const [row] = rows;
  if (!row || rows.length > 1) return 'images.tar';
  const [name] = row.names;
  const parts = name ? [name.repository, name.tag] : [row.shortId];
  return `${parts.filter(Boolean).join('_')}.tar`;
}
