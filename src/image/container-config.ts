import { compareText } from '../base/compare-text';
import type { JsonValue } from '../base/errors';
import { isArray, isObject, type JsonObject } from '../oci/json';
import type { OrderedJson } from './go-json';

type Members = Map<string, OrderedJson>;

/**
 * A container configuration as engine 20.10 passes it through its own type: what it knows, in its order; empty for what is no object.
 * https://github.com/moby/moby/blob/v20.10.24/api/types/container/config.go
 */
export function containerConfig(value: JsonValue | undefined): Members {
  const object = isObject(value) ? value : {};
  const field = (name: string) => goField(object, name);
  const text = (name: string) => textOf(field(name));
  const flag = (name: string) => field(name) === true;
  const ports = setOf(field('ExposedPorts'));
  const health = field('Healthcheck');
  const stopTimeout = field('StopTimeout');
  const shell = stringsOf(field('Shell'));
  return new Map<string, OrderedJson>([
    ['Hostname', text('Hostname')],
    ['Domainname', text('Domainname')],
    ['User', text('User')],
    ['AttachStdin', flag('AttachStdin')],
    ['AttachStdout', flag('AttachStdout')],
    ['AttachStderr', flag('AttachStderr')],
    ...optional('ExposedPorts', ports, ports !== null && ports.size > 0),
    ['Tty', flag('Tty')],
    ['OpenStdin', flag('OpenStdin')],
    ['StdinOnce', flag('StdinOnce')],
    ['Env', stringsOf(field('Env'))],
    ['Cmd', stringsOf(field('Cmd'))],
    ...(isObject(health) ? optional('Healthcheck', healthcheck(health), true) : []),
    ...optional('ArgsEscaped', true, flag('ArgsEscaped')),
    ['Image', text('Image')],
    ['Volumes', setOf(field('Volumes'))],
    ['WorkingDir', text('WorkingDir')],
    ['Entrypoint', stringsOf(field('Entrypoint'))],
    ...optional('NetworkDisabled', true, flag('NetworkDisabled')),
    ...optional('MacAddress', text('MacAddress'), text('MacAddress') !== ''),
    ['OnBuild', stringsOf(field('OnBuild'))],
    ['Labels', labelsOf(field('Labels'))],
    ...optional('StopSignal', text('StopSignal'), text('StopSignal') !== ''),
    ...(typeof stopTimeout === 'number' ? optional('StopTimeout', stopTimeout, true) : []),
    ...optional('Shell', shell, shell !== null && shell.length > 0),
  ]);
}

function healthcheck(object: JsonObject): Members {
  const test = stringsOf(goField(object, 'Test'));
  const number = (name: string) => {
    const value = goField(object, name);
    return typeof value === 'number' ? value : 0;
  };
  const numbers = ['Interval', 'Timeout', 'StartPeriod', 'Retries'].flatMap((name) =>
    optional(name, number(name), number(name) !== 0),
  );
  return new Map([...optional('Test', test, test !== null && test.length > 0), ...numbers]);
}

/** One member, or none. */
export function optional(
  name: string,
  value: OrderedJson,
  isPresent: boolean,
): readonly [string, OrderedJson][] {
  return isPresent ? [[name, value]] : [];
}

/** A member as Go's decoder finds it: upper and lower case do not matter, the last one counts. */
function goField(object: JsonObject, name: string): JsonValue | undefined {
  const wanted = name.toLowerCase();
  const key = Object.keys(object).findLast((each) => each.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** Empty for what is no text. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A list of strings, or a string alone as such a list; null for what is neither. */
function stringsOf(value: JsonValue | undefined): readonly string[] | null {
  if (typeof value === 'string') return [value];
  return isArray(value) ? value.map(textOf) : null;
}

/** The keys of an object as a sorted set, which Go writes as `{"key":{}}`. */
function setOf(value: JsonValue | undefined): Members | null {
  if (!isObject(value)) return null;
  return new Map(sortedKeys(value).map((key) => [key, new Map<string, OrderedJson>()]));
}

function labelsOf(value: JsonValue | undefined): Members | null {
  if (!isObject(value)) return null;
  return new Map(sortedKeys(value).map((key) => [key, textOf(value[key])]));
}

function sortedKeys(object: JsonObject): readonly string[] {
  return Object.keys(object).sort(compareText);
}
