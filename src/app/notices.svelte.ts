import type { ErrorRecord } from '../base/errors';
import type { AskedImage } from './image/image-source';
import type { Digest } from '../oci/digest';

/** A line that goes away by itself, and is read aloud. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** The command that does what the line tells of, to be copied. */
  readonly command?: string;
  /** Called where it goes without its action having been taken. */
  readonly ended?: () => void;
}

/** Something that can be done for a while. */
export interface Offer {
  readonly action: NonNullable<Toast['action']>;
  readonly forMs: number;
  /** Called once the offer has ended without being taken: its time is over, or it was sent away. */
  readonly ended: () => void;
}

/** A failure that waits to be read. */
export interface Failure {
  readonly error: ErrorRecord;
  /** The file that it is about. */
  readonly file?: File;
  /** Keeps what could be read of the file, to be browsed in this session; gives its first image. */
  readonly lookInside?: () => AskedImage;
  /** Opens the file as one layer, in this session; gives the ID that it goes by, undefined where that fails. */
  readonly openAsLayer?: () => Promise<Digest | undefined>;
  /** Set where a push failed: who refused it, and what pushes again once somebody is logged in. */
  readonly push?: { readonly registry: string; readonly retry: () => void };
  /** True where it is a save that failed. */
  readonly isSave?: boolean;
  /** Called once it has been read, with whether the file is looked into. */
  readonly dismissed?: (isLookedInto: boolean) => void;
}

const TOAST_MS = 6000;
/** Lines without an action that stand at once: ten archives at a time would cover the list. */
const LINES = 3;

/** What the app has to say: short lines, and failures one after the other. */
export class Notices {
  #toasts = $state.raw<readonly Toast[]>([]);
  #failures = $state.raw<readonly Failure[]>([]);
  #nextId = 1;

  get toasts(): readonly Toast[] {
    return this.#toasts;
  }

  /** The failure to show now. */
  get failure(): Failure | undefined {
    return this.#failures[0];
  }

  /** Failures in all: the one that is shown, and those that wait. */
  get failureCount(): number {
    return this.#failures.length;
  }

  /** Says something. A line with an action stays until it is taken or dismissed; of the others, the latest few. */
  say(text: string, action?: Toast['action']): void {
    if (action) this.#toasts = [...this.#toasts, { id: this.#nextId++, text, action }];
    else this.#sayBriefly({ id: this.#nextId++, text });
  }

  /** Says what was done, with the command that does it. */
  sayDone(text: string, command: string): void {
    this.#sayBriefly({ id: this.#nextId++, text, command });
  }

  #sayBriefly(toast: Toast): void {
    this.#toasts = [...this.#toasts, toast];
    setTimeout(() => this.dismiss(toast), TOAST_MS);
    const lines = this.#toasts.filter((each) => !each.action);
    for (const old of lines.slice(0, -LINES)) this.dismiss(old);
  }

  /** Says something that can be acted on for a while. */
  offer(text: string, { action, forMs, ended }: Offer): void {
    const toast = { id: this.#nextId++, text, action, ended };
    this.#toasts = [...this.#toasts, toast];
    setTimeout(() => this.dismiss(toast), forMs);
  }

  dismiss(toast: Toast): void {
    if (this.#drop(toast)) toast.ended?.();
  }

  /** Does what a line offers, and takes the line away. Does nothing where it is gone. */
  take(toast: Toast): void {
    if (this.#drop(toast)) toast.action?.run();
  }

  fail(failure: Failure): void {
    this.#failures = [...this.#failures, failure];
  }

  /** The shown failure has been read. */
  dismissFailure(): void {
    this.#answerFailure(false);
  }

  /** So have all that wait. */
  dismissFailures(): void {
    while (this.#failures.length > 0) this.#answerFailure(false);
  }

  /** The shown failure is answered by looking into its file. The image to look at; undefined where there is none. */
  lookInside(): AskedImage | undefined {
    const image = this.failure?.lookInside?.();
    this.#answerFailure(image !== undefined);
    return image;
  }

  /** False where it was gone already. */
  #drop({ id }: Toast): boolean {
    const rest = this.#toasts.filter((toast) => toast.id !== id);
    const wasThere = rest.length < this.#toasts.length;
    this.#toasts = rest;
    return wasThere;
  }

  #answerFailure(isLookedInto: boolean): void {
    const [failure, ...rest] = this.#failures;
    this.#failures = rest;
    failure?.dismissed?.(isLookedInto);
  }
}
