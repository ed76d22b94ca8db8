import { calendarTime, MONTHS, WEEKDAYS, type CalendarTime } from './go-calendar';

/** Go's time.DateTime with all that a time says of itself. */
export const STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';
export const RFC_3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';

/**
 * What a layout may hold beside text, the longest first. A month's or day's short name ends where a word does; a fraction is one where no
 * digit follows. https://github.com/golang/go/blob/go1.24.3/src/time/format.go (nextStdChunk)
 */
const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|_(?=2006)|__2|_2|3|4|5|PM|pm|[-Z]07(?:0000|:00:00|00|:00|)|[.,](?:0+|9+)(?!\d)/g;

type Shown = (time: CalendarTime) => string;

const digits =
  (of: (time: CalendarTime) => number, width = 1, blank = '0'): Shown =>
  (time) =>
    String(of(time)).padStart(width, blank);
const hourOfHalf = ({ hour }: CalendarTime): number => hour % 12 || 12;

const ELEMENTS: ReadonlyMap<string, Shown> = new Map<string, Shown>([
  ['January', ({ month }) => MONTHS[month - 1] ?? ''],
  ['Jan', ({ month }) => (MONTHS[month - 1] ?? '').slice(0, 3)],
  ['Monday', ({ weekday }) => WEEKDAYS[weekday] ?? ''],
  ['Mon', ({ weekday }) => (WEEKDAYS[weekday] ?? '').slice(0, 3)],
  ['2006', ({ year }) => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0')],
  ['06', digits(({ year }) => Math.max(year, 0) % 100, 2)],
  ['1', digits(({ month }) => month)],
  ['01', digits(({ month }) => month, 2)],
  ['2', digits(({ day }) => day)],
  ['_2', digits(({ day }) => day, 2, ' ')],
  ['02', digits(({ day }) => day, 2)],
  ['__2', digits(({ yearDay }) => yearDay, 3, ' ')],
  ['002', digits(({ yearDay }) => yearDay, 3)],
  ['15', digits(({ hour }) => hour, 2)],
  ['3', digits(hourOfHalf)],
  ['03', digits(hourOfHalf, 2)],
  ['4', digits(({ minute }) => minute)],
  ['04', digits(({ minute }) => minute, 2)],
  ['5', digits(({ second }) => second)],
  ['05', digits(({ second }) => second, 2)],
  ['PM', ({ hour }) => (hour < 12 ? 'AM' : 'PM')],
  ['pm', ({ hour }) => (hour < 12 ? 'am' : 'pm')],
  ['MST', () => 'UTC'],
]);

/** A time of UTC, seconds after the epoch, by a layout of Go's: what `Format` gives. */
export function formatTime(layout: string, seconds: bigint, nanoseconds: bigint): string {
  const time = calendarTime(seconds);
  return layout.replace(ELEMENT, (element) => {
    const known = ELEMENTS.get(element);
    if (known) return known(time);
    switch (element.charAt(0)) {
      case '.':
      case ',':
        return fraction(element, nanoseconds);
      case 'Z':
        return 'Z';
      case '-':
        return element.replace('-', '+').replace('7', '0');
      default:
        return element;
    }
  });
}

/** Zeros ask for so many digits, nines for as many as there are. */
function fraction(element: string, nanoseconds: bigint): string {
  const shown = String(nanoseconds)
    .padStart(9, '0')
    .slice(0, element.length - 1);
  if (element.charAt(1) === '0') return element.charAt(0) + shown;
  const trimmed = shown.replace(/0+$/, '');
  return trimmed === '' ? '' : element.charAt(0) + trimmed;
}
