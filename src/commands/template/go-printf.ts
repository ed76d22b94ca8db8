import { formatArgument, formatDirective } from './go-format';
import { typeOf, type GoValue } from './go-value';
import { MAX_WIDTH } from './go-verbs';

/** Go's fmt.Sprintf, its complaints within the text included. https://github.com/golang/go/blob/go1.24.3/src/fmt/print.go */
export function sprintf(format: string, values: readonly GoValue[]): string {
  return new Printf(format, values).run();
}

interface Count {
  readonly value: number | undefined;
  /** What Go writes where an operand is no number. */
  readonly problem: string;
}

class Printf {
  readonly #format: string;
  readonly #values: readonly GoValue[];
  #at = 0;
  #next = 0;
  /** Whether a directive named its operand: then none is left over. */
  #isReordered = false;
  #hasGoodIndex = true;

  constructor(format: string, values: readonly GoValue[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): string {
    let text = '';
    for (;;) {
      const start = this.#format.indexOf('%', this.#at);
      if (start < 0) return text + this.#format.slice(this.#at) + this.#extra();
      text += this.#format.slice(this.#at, start);
      this.#at = start + 1;
      text += this.#directive();
    }
  }

  #directive(): string {
    this.#hasGoodIndex = true;
    const flags = this.#match(/[-+# 0]*/y);
    let isIndexed = this.#index();
    const width = this.#number('%!(BADWIDTH)');
    if (width.value !== undefined && isIndexed && !this.#endsWith('*')) this.#hasGoodIndex = false;
    if (this.#endsWith('*')) isIndexed = false;
    let precision: Count = { value: undefined, problem: '' };
    if (this.#match(/\./y)) {
      if (isIndexed) this.#hasGoodIndex = false;
      isIndexed = this.#index();
      precision = this.#number('%!(BADPREC)');
      if (this.#endsWith('*')) isIndexed = false;
      else precision = { value: precision.value ?? 0, problem: '' };
    }
    if (!isIndexed) this.#index();
    const problems = width.problem + precision.problem;
    const verb = this.#match(/[^]/uy);
    if (verb === '') return `${problems}%!(NOVERB)`;
    if (verb === '%') return `${problems}%`;
    if (!this.#hasGoodIndex) return `${problems}%!${verb}(BADINDEX)`;
    const value = this.#values[this.#next];
    if (!value) return `${problems}%!${verb}(MISSING)`;
    this.#next++;
    const isNegative = precision.value !== undefined && precision.value < 0;
    return (
      problems +
      formatDirective(
        { flags, width: width.value, precision: isNegative ? undefined : precision.value, verb },
        value,
      )
    );
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#format)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #endsWith(character: string): boolean {
    return this.#format[this.#at - 1] === character;
  }

  /** `[3]`: the number of the operand that comes next. Whether there is one. */
  #index(): boolean {
    if (this.#format[this.#at] !== '[') return false;
    this.#isReordered = true;
    const text = this.#match(/\[[^\]]*\]/y) || this.#match(/\[/y);
    const index = /^\[(\d+)\]$/.exec(text)?.[1];
    const number = Number(index ?? 0) - 1;
    const isGood = number >= 0 && number < this.#values.length;
    if (isGood) this.#next = number;
    else this.#hasGoodIndex = false;
    return index !== undefined;
  }

  /** Digits, or `*` for the next operand. */
  #number(complaint: string): Count {
    if (this.#match(/\*/y) === '') {
      const digits = this.#match(/\d+/y);
      const isNone = digits === '' || Number(digits) > MAX_WIDTH;
      return { value: isNone ? undefined : Number(digits), problem: '' };
    }
    const value = this.#values[this.#next];
    if (value) this.#next++;
    return value?.kind === 'int' && Math.abs(value.value) <= MAX_WIDTH
      ? { value: value.value, problem: '' }
      : { value: undefined, problem: complaint };
  }

  /** What Go says of operands that no directive took. */
  #extra(): string {
    const extra = this.#isReordered ? [] : this.#values.slice(this.#next);
    if (extra.length === 0) return '';
    const shown = extra.map((value) => {
      const text = formatArgument(value);
      return value.kind === 'invalid' || value.kind === 'nil' ? text : `${typeOf(value)}=${text}`;
    });
    return `%!(EXTRA ${shown.join(', ')})`;
  }
}
