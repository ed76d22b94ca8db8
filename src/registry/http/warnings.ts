import { oneLine } from './error-body';

/** What a registry wants whoever uses it to know. */
export interface RegistryWarning {
  /** As a reference has it: `docker.io`. */
  readonly registry: string;
  /** One line. */
  readonly text: string;
}

/** Characters of a warning that are shown, and warnings that one answer may bring. */
const SHOWN = 300;
const MOST = 10;
/** `299 - "text"`, and no other: those are of caches, and not for users. */
const WARNING = /(?:^|,)\s*299 - "((?:[^"\\]|\\.)*)"/g;

/** The warnings of an answer. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings */
export function warningsOf(headers: Headers): readonly string[] {
  return [...(headers.get('warning') ?? '').matchAll(WARNING)]
    .slice(0, MOST)
    .map(([, quoted = '']) => oneLine(quoted.replaceAll(/\\(.)/g, '$1')).slice(0, SHOWN))
    .filter((text) => text !== '');
}

/** Passes on what registries warn of to whoever listens meanwhile, to each listener a text once. */
export class RegistryWarnings {
  readonly #listeners = new Set<(warning: RegistryWarning) => void>();

  /** Returns what ends it. */
  listen(listener: (warning: RegistryWarning) => void): () => void {
    const told = new Set<string>();
    const once = (warning: RegistryWarning): void => {
      const key = `${warning.registry} ${warning.text}`;
      if (told.has(key)) return;
      told.add(key);
      listener(warning);
    };
    this.#listeners.add(once);
    return () => void this.#listeners.delete(once);
  }

  tell(warning: RegistryWarning): void {
    for (const listener of this.#listeners) listener(warning);
  }
}
