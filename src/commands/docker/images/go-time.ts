/** A value that is no time, in the words of Go 1.19, with which the reference engine is built. */
export class GoTimeError extends Error {}

/** The elements of the layouts that docker's timestamps have. https://pkg.go.dev/time#pkg-constants */
const ELEMENTS = ['2006', '01', '02', '15', '04', '05', 'Z07:00'] as const;
type Element = (typeof ELEMENTS)[number];

/** Numbers of two digits, what they are called, and the first that is too large. A day's depends on its month. */
const NUMBERS: Readonly<Record<Exclude<Element, '2006' | 'Z07:00'>, readonly [string, number]>> = {
  '01': ['month', 13],
  '02': ['day', 100],
  '15': ['hour', 24],
  '04': ['minute', 60],
  '05': ['second', 60],
};

/**
 * Go's `time.Parse`: the time in milliseconds since the epoch, in UTC where the value names no zone. Throws GoTimeError, worded as Go's.
 * https://github.com/golang/go/blob/go1.19/src/time/format.go
 */
export function parseGoTime(layout: string, value: string): number {
  return new TimeReader(layout, value).read();
}

class TimeReader {
  readonly #layout: string;
  readonly #value: string;
  /** What has not been read yet. */
  #rest: string;
  readonly #numbers = new Map<Element, number>();
  #fraction = 0;
  /** Minutes east of Greenwich. */
  #zone = 0;

  constructor(layout: string, value: string) {
    this.#layout = layout;
    this.#value = value;
    this.#rest = value;
  }

  read(): number {
    for (const part of this.#layout.split(/(2006|01|02|15|04|05|Z07:00)/)) {
      const element = ELEMENTS.find((known) => known === part);
      if (element === undefined) this.#readLiteral(part);
      else this.#readElement(element);
    }
    if (this.#rest !== '') throw this.#outOf(`extra text: ${quote(this.#rest)}`);
    return this.#time();
  }

  #readLiteral(text: string): void {
    if (!this.#rest.startsWith(text)) throw this.#cannotParse(text);
    this.#rest = this.#rest.slice(text.length);
  }

  #readElement(element: Element): void {
    switch (element) {
      case '2006':
        this.#readYear();
        break;
      case 'Z07:00':
        this.#readZone();
        break;
      case '15':
        this.#readNumber(element, /^\d\d?/);
        break;
      case '05':
        this.#readNumber(element, /^\d\d/);
        this.#readFraction();
        break;
      case '01':
      case '02':
      case '04':
        this.#readNumber(element, /^\d\d/);
        break;
      default:
        element satisfies never;
    }
  }

  #readYear(): void {
    if (!/^\d.{3}/su.test(this.#rest)) throw this.#cannotParse('2006');
    const year = this.#take(4);
    if (!/^\d{4}$/.test(year)) throw this.#cannotParse('2006');
    this.#numbers.set('2006', Number(year));
  }

  #readNumber(element: keyof typeof NUMBERS, digits: RegExp): void {
    const text = digits.exec(this.#rest)?.[0];
    if (text === undefined) throw this.#cannotParse(element);
    this.#take(text.length);
    const number = Number(text);
    const [name, end] = NUMBERS[element];
    if (number >= end || (element === '01' && number === 0)) {
      throw this.#outOf(`${name} out of range`);
    }
    this.#numbers.set(element, number);
  }

  /** A fraction may follow the seconds, whether the layout has one or not. */
  #readFraction(): void {
    const digits = /^[.,](\d+)/.exec(this.#rest)?.[1];
    if (digits === undefined) return;
    this.#take(digits.length + 1);
    this.#fraction = Number(`0.${digits}`);
  }

  #readZone(): void {
    if (this.#rest.startsWith('Z')) {
      this.#take(1);
      return;
    }
    if (this.#rest.length < 6 || this.#rest[3] !== ':') throw this.#cannotParse('Z07:00');
    const [, sign, hours, minutes] = /^([-+])(\d\d):(\d\d)$/.exec(this.#take(6)) ?? [];
    if (sign === undefined) throw this.#cannotParse('Z07:00');
    this.#zone = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }

  #time(): number {
    const part = (element: Element, absent: number): number => this.#numbers.get(element) ?? absent;
    const [year, month, day] = [part('2006', 0), part('01', 1), part('02', 1)];
    const midnight = new Date(0);
    midnight.setUTCFullYear(year, month - 1, day);
    if (day === 0 || midnight.getUTCMonth() !== month - 1) throw this.#outOf('day out of range');
    const minutes = part('15', 0) * 60 + part('04', 0) - this.#zone;
    return midnight.getTime() + (minutes * 60 + part('05', 0) + this.#fraction) * 1000;
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #cannotParse(element: string): GoTimeError {
    return new GoTimeError(
      `parsing time ${quote(this.#value)} as ${quote(this.#layout)}: cannot parse ${quote(this.#rest)} as ${quote(element)}`,
    );
  }

  #outOf(message: string): GoTimeError {
    return new GoTimeError(`parsing time ${quote(this.#value)}: ${message}`);
  }
}

/** As Go's package time quotes: what is not ASCII by its UTF-8 bytes. */
function quote(text: string): string {
  const escaped = text.replace(/[\\"]|[^ -~]+/gu, (found) =>
    found === '"' || found === '\\' ? `\\${found}` : hexBytes(found),
  );
  return `"${escaped}"`;
}

function hexBytes(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('');
}
