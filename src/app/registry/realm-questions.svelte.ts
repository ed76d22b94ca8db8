import type { RealmQuestion } from '../../registry/auth/realm';

/** Milliseconds after which a question that nobody answers is a no: a script that waits for its command must come to an end. */
const PATIENCE = 120_000;

interface Asked extends RealmQuestion {
  readonly answers: Promise<boolean>;
  readonly settle: (isYes: boolean) => void;
}

/**
 * Whether a registry may send its user to a token server on another site, as the page asks it: one question at a time, the same one once,
 * whoever wants to know, a screen, the console or a script.
 */
export class RealmQuestions {
  #asked = $state.raw<readonly Asked[]>([]);
  readonly #patience: number;

  constructor({ patience = PATIENCE }: { readonly patience?: number } = {}) {
    this.#patience = patience;
  }

  /** The question to be shown. */
  get current(): RealmQuestion | undefined {
    return this.#asked[0];
  }

  /** Resolves to the answer; to false where none is given in time. */
  ask({ registry, realm }: RealmQuestion): Promise<boolean> {
    const known = this.#asked.find((one) => one.registry === registry && one.realm === realm);
    if (known) return known.answers;
    const { promise, resolve } = withResolvers();
    const timer = setTimeout(() => settle(false), this.#patience);
    const settle = (isYes: boolean): void => {
      clearTimeout(timer);
      this.#asked = this.#asked.filter((one) => one !== asked);
      resolve(isYes);
    };
    const asked: Asked = { registry, realm, answers: promise, settle };
    this.#asked = [...this.#asked, asked];
    return promise;
  }

  /** Answers the question that is shown. */
  answer(isYes: boolean): void {
    this.#asked[0]?.settle(isYes);
  }
}

function withResolvers(): { promise: Promise<boolean>; resolve: (value: boolean) => void } {
  let resolve: (value: boolean) => void = () => undefined;
  const promise = new Promise<boolean>((settle) => (resolve = settle));
  return { promise, resolve };
}
