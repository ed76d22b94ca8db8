import type { Candidate, Completion } from '../../commands/completion/completion';
import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import type { ConsoleHistory } from './console-history';
import type { LineHelp } from './console-session.svelte';

/** What is listed for the word at the caret. */
export type ListedCompletion = Completion;

/** A search back through the history. */
export interface HistorySearch {
  readonly query: string;
  /** The line that was found, and where in the history; undefined where nothing has the query in it. */
  readonly found: { readonly at: number; readonly line: string } | undefined;
}

/** The line that is being typed: its completion, its way through the history. Knows of no element. */
export class ConsolePrompt {
  #line = $state('');
  #caret = $state(0);
  #completion = $state.raw<Completion | undefined>();
  #chosen = $state<number | undefined>();
  #isOpen = $state(false);
  #search = $state.raw<HistorySearch | undefined>();
  /** Candidates are listed without being asked for: where there is no Tab key. */
  opensItself = false;
  readonly #history: ConsoleHistory;
  readonly #help: LineHelp;
  /** How far back in the history the shown line is; 0 is the line being typed. */
  #back = 0;
  #draft = '';
  /** A line that comes once what is being typed is gone; empty where there is none. */
  #waiting = '';
  /** Where the word begins whose list was closed: it stays closed while that word is typed. */
  #closedAt: number | undefined;
  /** Candidates may be listed as the word is typed: not in a line that comes from elsewhere. */
  #isTyped = false;
  #completedLine = '';
  #look = Promise.resolve();
  #lookId = 0;

  constructor(history: ConsoleHistory, help: LineHelp) {
    this.#history = history;
    this.#help = help;
  }

  get line(): string {
    return this.#line;
  }

  get caret(): number {
    return this.#caret;
  }

  /** What is listed; undefined where the list is closed. */
  get listed(): ListedCompletion | undefined {
    return this.#isOpen ? this.#completion : undefined;
  }

  /** The candidate that the arrows are at. */
  get chosen(): number | undefined {
    return this.#chosen;
  }

  get search(): HistorySearch | undefined {
    return this.#search;
  }

  /** What would follow the caret if the chosen candidate, or the first, were taken; empty where it does not go on as typed. */
  get ghost(): string {
    const completion = this.#completion;
    const candidate = completion?.candidates[this.#chosen ?? 0];
    if (!completion || !candidate || this.#completedLine !== this.#line) return '';
    const { typed, start, end } = completion;
    const isAtEnd = this.#caret === end && end === this.#line.length;
    const isAsTyped = this.#line.slice(start) === typed && candidate.text.startsWith(typed);
    return isAtEnd && isAsTyped && (typed !== '' || this.#isOpen)
      ? candidate.text.slice(typed.length)
      : '';
  }

  /** What was typed. */
  edit(line: string, caret: number): void {
    this.#line = line;
    this.#back = 0;
    this.#isTyped = true;
    this.moveCaret(caret);
  }

  /** The caret went elsewhere, or the line is another. */
  moveCaret(caret: number): void {
    this.#caret = caret;
    this.#look = this.#lookUp();
  }

  /** Puts a line in the place of what was typed. */
  put(line: string): void {
    this.#isOpen = false;
    this.#line = line;
    this.#back = 0;
    this.#isTyped = false;
    this.moveCaret(line.length);
  }

  /** Puts a line there, or has it wait until nothing is typed and no earlier line is looked at. */
  offer(line: string): void {
    if (this.#line === '' && this.#back === 0) this.put(line);
    else this.#waiting = line;
  }

  /** The line, to be run; what was typed is then gone. */
  take(): string {
    const line = this.#line;
    this.#draft = '';
    this.put(this.#takeWaiting());
    return line;
  }

  /** Takes the chosen candidate, or the only one; of several it types what they have in common, and lists them when that is nothing. */
  async tab(): Promise<void> {
    await this.#look;
    const { candidates = [], typed = '' } = this.#completion ?? {};
    const [first] = candidates;
    if (!first) return;
    if (this.#isOpen || candidates.length === 1) {
      this.accept(this.#chosen ?? 0);
      return;
    }
    const common = commonStart(candidates.map(({ text }) => text));
    if (common.length > typed.length && common.startsWith(typed)) this.#replace(common, true);
    else this.#isOpen = true;
  }

  /** Takes a candidate. False where there is none. */
  accept(at: number): boolean {
    const candidate = this.#completion?.candidates[at];
    if (!candidate) return false;
    this.#isOpen = candidate.isOpen === true;
    this.#replace(candidate.text, this.#isOpen);
    return true;
  }

  /** Goes on in the list. False where there is none. */
  choose(step: 1 | -1): boolean {
    const count = this.listed?.candidates.length;
    if (!count) return false;
    const from = this.#chosen ?? (step > 0 ? -1 : count);
    this.#chosen = (from + step + count) % count;
    return true;
  }

  /** Closes the list. False where there is none. */
  close(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#chosen = undefined;
    this.#closedAt = this.#completion?.start;
    return true;
  }

  /** Goes through the history: back for 1, forth for -1. False where it ends. */
  recall(step: 1 | -1): boolean {
    const { lines } = this.#history;
    const back = Math.min(Math.max(0, this.#back + step), lines.length);
    if (back === this.#back) return false;
    if (this.#back === 0) this.#draft = this.#line;
    const typed = (): string => this.#draft || this.#takeWaiting();
    this.put(back === 0 ? typed() : (lines[lines.length - back] ?? ''));
    this.#back = back;
    return true;
  }

  /** Begins a search back through the history, or goes on to an older line with the same text. */
  searchBack(): void {
    this.close();
    const { query = '', found } = this.#search ?? {};
    const older = query === '' ? undefined : this.#find(query, found?.at);
    this.#search = { query, found: older ?? found };
  }

  setQuery(query: string): void {
    this.#search = { query, found: query === '' ? undefined : this.#find(query) };
  }

  /** Ends the search, with the line that was found where it is wanted. */
  endSearch(isTaken: boolean): void {
    const found = this.#search?.found;
    this.#search = undefined;
    if (isTaken && found) this.put(found.line);
  }

  #takeWaiting(): string {
    const line = this.#waiting;
    this.#waiting = '';
    return line;
  }

  #find(query: string, before?: number): HistorySearch['found'] {
    const at = this.#history.search(query, before);
    const line = at === undefined ? undefined : this.#history.lines[at];
    return at === undefined || line === undefined ? undefined : { at, line };
  }

  #replace(text: string, goesOn: boolean): void {
    const { start, end } = this.#completion ?? { start: this.#caret, end: this.#caret };
    const rest = this.#line.slice(end);
    const gap = goesOn || rest.startsWith(' ') ? '' : ' ';
    const head = this.#line.slice(0, start) + quoteShellWord(text) + gap;
    this.edit(head + rest, head.length);
  }

  /** Looks up what the word at the caret may become. An answer that comes after the next question is dropped. */
  async #lookUp(): Promise<void> {
    const id = ++this.#lookId;
    this.#chosen = undefined;
    const line = this.#line;
    const completion =
      line.trim() === '' && !this.#isOpen
        ? undefined
        : await this.#help.complete({ line, caret: this.#caret });
    if (id !== this.#lookId) return;
    this.#completion = completion;
    this.#completedLine = line;
    if (completion?.start !== this.#closedAt) this.#closedAt = undefined;
    this.#isOpen = completion !== undefined && this.#isListed(completion);
  }

  #isListed({ candidates, typed }: Completion): boolean {
    const [first, ...others] = candidates;
    if (!first || (others.length === 0 && first.text === typed)) return false;
    if (this.#isOpen) return true;
    const asksItself = typed.startsWith('-') || (this.opensItself && typed !== '');
    return asksItself && this.#isTyped && this.#closedAt === undefined;
  }
}

/** What all begin with. */
function commonStart(texts: readonly Candidate['text'][]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const text of others) {
    while (!text.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}
