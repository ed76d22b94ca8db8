import type { JsonValue } from '../../base/errors';
import type { ImageConfig } from '../../oci/image-config';
import type { JsonObject } from '../../oci/json';

/** A health check, its durations as people write them. */
export interface HealthcheckFacts {
  /** As a Dockerfile writes it; undefined where it is switched off. */
  readonly test: string | undefined;
  readonly interval: string | undefined;
  readonly timeout: string | undefined;
  readonly startPeriod: string | undefined;
  readonly startInterval: string | undefined;
  readonly retries: number | undefined;
}

/** What a configuration says of how to run the image. What is absent or of another type is empty: the raw JSON shows it. */
export interface ConfigFacts {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly shell: readonly string[];
  readonly workingDirectory: string;
  readonly user: string;
  readonly stopSignal: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: HealthcheckFacts | undefined;
  readonly onBuild: readonly string[];
  readonly labels: readonly { readonly name: string; readonly value: string }[];
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md#properties, and docker's own additions. */
export function configFacts(config: ImageConfig): ConfigFacts {
  const run = object(config.fields.raw('config'));
  return {
    entrypoint: strings(run['Entrypoint']),
    command: strings(run['Cmd']),
    shell: strings(run['Shell']),
    workingDirectory: text(run['WorkingDir']),
    user: text(run['User']),
    stopSignal: text(run['StopSignal']),
    environment: strings(run['Env']).map(assignment),
    ports: Object.keys(object(run['ExposedPorts'])),
    volumes: Object.keys(object(run['Volumes'])),
    healthcheck: healthcheck(run['Healthcheck']),
    onBuild: strings(run['OnBuild']),
    labels: Object.entries(object(run['Labels'])).map(([name, value]) => ({
      name,
      value: text(value),
    })),
  };
}

/** Nanoseconds as Go writes a duration: `1m30s`, `500ms`. Undefined for 0, which means docker's own default. */
export function goDuration(nanoseconds: JsonValue | undefined): string | undefined {
  if (typeof nanoseconds !== 'number' || nanoseconds <= 0) return undefined;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const seconds = nanoseconds / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    rest > 0 ? `${Number(rest.toFixed(3))}s` : '',
  ].join('');
}

function healthcheck(value: JsonValue | undefined): HealthcheckFacts | undefined {
  const check = object(value);
  const [kind, ...words] = strings(check['Test']);
  if (kind === undefined) return undefined;
  const retries = check['Retries'];
  return {
    test: kind === 'NONE' ? undefined : kind === 'CMD' ? JSON.stringify(words) : words.join(' '),
    interval: goDuration(check['Interval']),
    timeout: goDuration(check['Timeout']),
    startPeriod: goDuration(check['StartPeriod']),
    startInterval: goDuration(check['StartInterval']),
    retries: typeof retries === 'number' && retries > 0 ? retries : undefined,
  };
}

function assignment(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=');
  return at < 0
    ? { name: text, value: '' }
    : { name: text.slice(0, at), value: text.slice(at + 1) };
}

function object(value: JsonValue | undefined): JsonObject {
  return isPlainObject(value) ? value : {};
}

function isPlainObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
