import { TemplateError } from './errors';
import type { GoValue } from './go-value';

/** Nodes that are run, and turns of loops: a loop over billions is one word long. */
const MAX_STEPS = 2_000_000;
/** Characters that are written. */
const MAX_OUTPUT = 32 * 1024 * 1024;
/** Characters that functions read and make, with `CALL_COST` for each call. */
const MAX_WORK = 16 * 1024 * 1024;
const CALL_COST = 50;
/** Lists of nodes within each other, of templates called by templates as well: the browser's stack holds several times as many. */
const MAX_NESTING = 1500;

/** What a template may use up, for all the rows that it is run on: no template hangs the tab or fills its memory. */
export class TemplateBudget {
  #steps = 0;
  #written = 0;
  #work = 0;
  #nesting = 0;

  /** Throws `limit`, as the others do. */
  step(): void {
    if (++this.#steps > MAX_STEPS) {
      throw new TemplateError('limit', `the template takes more than ${MAX_STEPS} steps`);
    }
  }

  write(characters: number): void {
    this.#written += characters;
    if (this.#written > MAX_OUTPUT) {
      throw new TemplateError('limit', `the template writes more than ${MAX_OUTPUT} characters`);
    }
  }

  /** Counts what a function is given, or gives. */
  work(values: readonly GoValue[]): void {
    this.#work += CALL_COST + values.reduce((sum, value) => sum + weight(value), 0);
    if (this.#work > MAX_WORK) throw tooMuchWork();
  }

  /** Runs what is one level deeper. False where that is too deep. */
  nest(run: () => void): boolean {
    if (this.#nesting >= MAX_NESTING) return false;
    this.#nesting++;
    try {
      run();
    } finally {
      this.#nesting--;
    }
    return true;
  }
}

/** Of a text longer than the browser can hold, too. */
export function tooMuchWork(): TemplateError {
  return new TemplateError(
    'limit',
    `the template makes texts of more than ${MAX_WORK} characters altogether`,
  );
}

function weight(value: GoValue): number {
  if (value.kind === 'string') return value.value.length;
  if (value.kind !== 'slice') return 1;
  return (value.items ?? []).reduce(
    (sum, item) => sum + 1 + (item.kind === 'string' ? item.value.length : 0),
    0,
  );
}
