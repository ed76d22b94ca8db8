import type { StandardOutput } from './command';

/** Keeps what a command writes, and passes the text on as it comes. */
export class OutputBuffer implements StandardOutput {
  readonly isTerminal: boolean;
  readonly #parts: (string | Blob)[] = [];
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void, isTerminal = true) {
    this.isTerminal = isTerminal;
    this.#onText = onText;
  }

  write(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#onText(text);
  }

  writeBlob(content: Blob): void {
    this.#parts.push(content);
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** The text; blobs, which a terminal never gets, are left out. */
  get text(): string {
    return this.#parts.filter((part) => typeof part === 'string').join('');
  }

  /** Everything, composed and not copied. */
  blob(): Blob {
    return new Blob(this.#parts);
  }
}
