import type { JsonValue } from '../../base/errors';
import { badInstruction } from './errors';
import type { Instruction } from './instruction';

const MILLISECOND = 1_000_000;
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1000,
  µs: 1000,
  μs: 1000,
  ms: MILLISECOND,
  s: 1000 * MILLISECOND,
  m: 60_000 * MILLISECOND,
  h: 3_600_000 * MILLISECOND,
};
const MAX_INT32 = 2 ** 31 - 1;

const FLAGS = ['interval', 'timeout', 'start-period', 'retries'] as const;

/** The `Healthcheck` of a container configuration; times in nanoseconds. Throws `bad-instruction`. */
export function healthcheckOf(instruction: Instruction): JsonValue {
  const [type = '', ...command] = instruction.args;
  const kind = type.toUpperCase();
  if (kind === 'NONE') {
    if (command.length > 0) throw badInstruction('HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  const flags = readFlags(instruction.flags, FLAGS);
  if (kind !== 'CMD') {
    throw badInstruction(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  }
  if (command.length === 0) throw badInstruction('Missing command after HEALTHCHECK CMD');
  return {
    Test: [instruction.isJson ? 'CMD' : 'CMD-SHELL', ...command],
    Interval: interval('interval', flags),
    Timeout: interval('timeout', flags),
    StartPeriod: interval('start-period', flags),
    Retries: retries(flags.get('retries') ?? ''),
  };
}

/** The values of an instruction's flags. Throws for one that is none of `known`, that has no value, or that comes twice. */
export function readFlags(
  flags: readonly string[],
  known: readonly string[] = [],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const flag of flags) {
    const [, name = '', value] = /^--([^=]*)(?:=([^]*))?$/u.exec(flag) ?? [];
    if (!known.includes(name)) throw badInstruction(`Unknown flag: ${name}`);
    if (values.has(name)) throw badInstruction(`Duplicate flag specified: ${name}`);
    if (value === undefined) throw badInstruction(`Missing a value on flag: ${name}`);
    values.set(name, value);
  }
  return values;
}

function interval(name: string, flags: ReadonlyMap<string, string>): number {
  const text = flags.get(name) ?? '';
  if (text === '') return 0;
  const duration = parseDuration(text);
  if (duration < MILLISECOND) {
    throw badInstruction(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  }
  return duration;
}

/** Go's time.ParseDuration, in nanoseconds. */
function parseDuration(text: string): number {
  const quoted = JSON.stringify(text);
  const [, sign, body = ''] = /^([-+]?)(.*)$/su.exec(text) ?? [];
  if (body === '0') return 0;
  let sum = 0;
  let rest = body;
  do {
    const [whole = '', number = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/u.exec(rest) ?? [];
    if (number === '') throw badInstruction(`time: invalid duration ${quoted}`);
    if (unit === '') throw badInstruction(`time: missing unit in duration ${quoted}`);
    const nanoseconds = UNITS[unit];
    if (nanoseconds === undefined) {
      throw badInstruction(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    }
    sum += Number(number) * nanoseconds;
    rest = rest.slice(whole.length);
  } while (rest !== '');
  return Math.round(sign === '-' ? -sum : sum);
}

function retries(text: string): number {
  if (text === '') return 0;
  const problem = (what: string) =>
    badInstruction(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${what}`);
  if (!/^[-+]?\d+$/.test(text)) throw problem('invalid syntax');
  const count = Number(text);
  if (Math.abs(count) > MAX_INT32) throw problem('value out of range');
  if (count < 1) throw badInstruction(`--retries must be at least 1 (not ${count})`);
  return count;
}
