import { TemplateBudget } from './budget';
import { DOCKER_FUNCTIONS, HEADER_FUNCTIONS } from './docker-functions';
import { executeTemplate } from './executor';
import { BUILTINS } from './functions';
import type { GoValue } from './go-value';
import { parseTemplate, type ParsedTemplate } from './parser';

const NAMES = new Set([...BUILTINS.keys(), ...DOCKER_FUNCTIONS.keys(), 'and', 'or']);

/** A template of docker's client, parsed. */
export class Template {
  readonly #text: string;
  readonly #parsed: ParsedTemplate;
  readonly #budget = new TemplateBudget();

  /** Throws TemplateError `parse`. */
  constructor(text: string) {
    this.#text = text;
    this.#parsed = parseTemplate(text, NAMES);
  }

  /** The text that it makes of a value. Throws TemplateError `execute` or `limit`. */
  execute(value: GoValue, missingKey: 'invalid' | 'error' = 'invalid'): string {
    return executeTemplate({ text: this.#text, parsed: this.#parsed }, value, {
      functions: DOCKER_FUNCTIONS,
      budget: this.#budget,
      missingKey,
    });
  }

  /** What stands above the columns that it makes: each placeholder's heading. */
  heading(headings: GoValue): string {
    return executeTemplate({ text: this.#text, parsed: this.#parsed }, headings, {
      functions: HEADER_FUNCTIONS,
      budget: this.#budget,
    });
  }
}
