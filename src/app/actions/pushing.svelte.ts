import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { tagImage } from '../../image/tag';
import type { App } from '../app.svelte';
import type { LibraryRow } from '../library/library-row';
import { wordOf } from '../library/row-words';
import { checkName, type NameCheck } from './name-check';
import { runCommand } from './run-command';

/** Sending an image to a registry, under one of its names or one that it gets for it. */
export class Pushing {
  name = $state('');
  readonly #check: NameCheck;
  readonly #row: LibraryRow;
  readonly #app: App;

  constructor(app: App, row: LibraryRow) {
    this.#app = app;
    this.#row = row;
    this.name = row.names[0]?.text ?? '';
    this.#check = $derived(checkName(this.name, app.library.rows, row));
  }

  get check(): NameCheck {
    return this.#check;
  }

  /** Names that it has already. */
  get names(): readonly string[] {
    return this.#row.names.map(({ text }) => text);
  }

  /** That it goes to; undefined where the name does not tell yet. */
  get registry(): string | undefined {
    return this.#check.kind === 'right' ? this.#check.reference.registry : undefined;
  }

  /** A new name is given before it is pushed. */
  get command(): string {
    if (this.#check.kind !== 'right') return 'docker push';
    const { name, standing } = this.#check;
    const push = `docker push ${name}`;
    return standing === 'same' ? push : `docker tag ${wordOf(this.#row)} ${name}\n${push}`;
  }

  /** `copy` puts a text on the clipboard. What goes wrong is told; nothing rejects. */
  async run(copy: (text: string) => void): Promise<void> {
    const { store, settings, now, notices } = this.#app;
    const check = this.#check;
    if (check.kind !== 'right') return;
    const { name, reference, standing } = check;
    try {
      if (standing !== 'same') {
        const { platform } = settings;
        const source = wordOf(this.#row);
        await tagImage(store, { source, target: reference, platform, now });
      }
    } catch (error) {
      notices.fail({ error: toErrorRecord(error) });
      return;
    }
    await this.#push({ name, registry: reference.registry, copy });
  }

  async #push(target: Target): Promise<void> {
    const { notices, tasks, run, i18n } = this.#app;
    const { name, registry, copy } = target;
    const texts = i18n.texts.actions;
    try {
      const { stdout } = await tasks.start({ kind: 'push', subject: name }, (options) =>
        runCommand(run, `docker push ${name}`, options),
      ).result;
      const [digest = ''] = /sha256:[0-9a-f]{64}(?= size: \d+\n$)/.exec(stdout) ?? [];
      const action = { label: texts.copyDigest, run: () => copy(digest) };
      notices.say(texts.pushed(name, digest), action);
    } catch (error) {
      if (isAbort(error)) notices.say(texts.pushCancelled(name));
      else {
        const push = { registry, retry: () => void this.#push(target) };
        notices.fail({ error: causeOf(toErrorRecord(error)), push });
      }
    }
  }
}

interface Target {
  readonly name: string;
  readonly registry: string;
  readonly copy: (text: string) => void;
}

/** What a command refuses in docker's words has the registry's error as its cause. */
function causeOf(error: ErrorRecord): ErrorRecord {
  return error.code === 'refused' && error.cause ? error.cause : error;
}
