import { formatArgument, formatDirective } from './go-format';
import { typeOf, type GoValue } from './go-value';
import type { Directive } from './go-verbs';

/** Go's limit of a width or precision. */
const MAX_WIDTH = 1_000_000;

/** Go's fmt.Sprintf, its complaints within the text included. https://github.com/golang/go/blob/go1.24.3/src/fmt/print.go */
export function sprintf(format: string, values: readonly GoValue[]): string {
  return new Printf(format, values).run();
}

type Columns = Pick<Directive, 'width' | 'minus' | 'zero'>;

class Printf {
  readonly #format: string;
  readonly #values: readonly GoValue[];
  #text = '';
  #at = 0;
  #next = 0;
  /** Whether a directive named its operand: then none is left over. */
  #isReordered = false;
  #hasGoodIndex = true;
  /** Whether the last thing read was an index. */
  #isIndexed = false;

  constructor(format: string, values: readonly GoValue[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): string {
    for (;;) {
      const start = this.#format.indexOf('%', this.#at);
      if (start < 0) return this.#text + this.#format.slice(this.#at) + this.#extra();
      this.#text += this.#format.slice(this.#at, start);
      this.#at = start + 1;
      this.#hasGoodIndex = true;
      // It may have complained before it is through.
      const written = this.#directive();
      this.#text += written;
    }
  }

  #directive(): string {
    const flags = this.#match(/[-+# 0]*/y);
    this.#index();
    const columns = this.#width({ minus: flags.includes('-'), zero: flags.includes('0') });
    const precision = this.#precision();
    if (!this.#isIndexed) this.#index();
    const verb = this.#match(/[^]/uy);
    if (verb === '') return '%!(NOVERB)';
    if (verb === '%') return '%';
    if (!this.#hasGoodIndex) return `%!${verb}(BADINDEX)`;
    const value = this.#values[this.#next];
    if (!value) return `%!${verb}(MISSING)`;
    this.#next++;
    const space = flags.includes(' ');
    const plus = flags.includes('+');
    const sharp = flags.includes('#');
    const shape =
      verb === 'v' || verb === 'w' ? { isNamed: plus, isSource: sharp } : { plus, sharp };
    return formatDirective({ verb, space, precision, ...columns, ...shape }, value);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#format)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  /** `[3]`: the number of the operand that comes next. */
  #index(): void {
    this.#isIndexed = false;
    if (this.#format[this.#at] !== '[') return;
    this.#isReordered = true;
    const text = this.#match(/\[[^\]]*\]/y) || this.#match(/\[/y);
    const index = /^\[(\d+)\]$/.exec(text)?.[1];
    const number = Number(index ?? 0) - 1;
    const isKnown = index !== undefined && Number(index) <= MAX_WIDTH;
    const isGood = isKnown && number >= 0 && number < this.#values.length;
    if (isGood) this.#next = number;
    else this.#hasGoodIndex = false;
    this.#isIndexed = isKnown;
  }

  #width(flags: { readonly minus: boolean; readonly zero: boolean }): Columns {
    if (this.#match(/\*/y) === '') {
      const width = this.#number();
      if (this.#isIndexed && width !== undefined) this.#hasGoodIndex = false;
      return { ...flags, width };
    }
    this.#isIndexed = false;
    const width = this.#operand();
    if (width === undefined) this.#text += '%!(BADWIDTH)';
    return width !== undefined && width < 0
      ? { minus: true, zero: false, width: -width }
      : { ...flags, width };
  }

  #precision(): number | undefined {
    if (this.#match(/\./y) === '') return undefined;
    if (this.#isIndexed) this.#hasGoodIndex = false;
    this.#index();
    if (this.#match(/\*/y) === '') return this.#number() ?? 0;
    this.#isIndexed = false;
    const precision = this.#operand();
    if (precision !== undefined && precision >= 0) return precision;
    this.#text += '%!(BADPREC)';
    return undefined;
  }

  /** Digits; what follows a number that is too large is lost. */
  #number(): number | undefined {
    const digits = this.#match(/\d+/y);
    const number = Number(digits);
    // Go looks before it reads the last digit.
    const isTooLarge = Math.trunc(number / 10) > MAX_WIDTH;
    if (isTooLarge) this.#at = this.#format.length;
    return digits === '' || isTooLarge ? undefined : number;
  }

  /** The next operand, where it is a number that fits. */
  #operand(): number | undefined {
    const value = this.#values[this.#next];
    if (value) this.#next++;
    if (value?.kind !== 'int') return undefined;
    const number = Number(value.value);
    return Math.abs(number) <= MAX_WIDTH ? number : undefined;
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
