import type { EntryTable } from '../../layer/index/layer-index';
import type { ListedImage } from '../../image/image-list';

/** Something that the word at the caret may become. */
export interface Candidate {
  /** The whole word, as a shell reads it: without quotes. */
  readonly text: string;
  /** What is said of it. */
  readonly summary: string;
  /** `-f`, of a flag that has one. */
  readonly shorthand?: string;
  /** More of the same word follows: a directory, `dangling=`. */
  readonly isOpen?: true;
}

/** What a line can become at its caret. */
export interface Completion {
  /** The command that is being typed, as far as it is known, and what it does. */
  readonly path: string;
  readonly summary: string;
  /** The part of the line that a candidate takes the place of, quotes included; `end` is the caret. */
  readonly start: number;
  readonly end: number;
  /** What of the word is there, as a shell reads it. */
  readonly typed: string;
  /** Best first. None where nothing is known of what may stand here. */
  readonly candidates: readonly Candidate[];
}

/** What completion looks things up in. */
export interface CompletionSource {
  /** Stored images, newest first. */
  images(): Promise<readonly ListedImage[]>;
  /** The final filesystem of the platform that an image shows. */
  files(image: ListedImage): Promise<EntryTable>;
}

/** Candidates that a list of thousands is cut to. */
export const MOST_CANDIDATES = 200;
