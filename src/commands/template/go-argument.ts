import { bytesOf, type GoMoment, type GoValue } from './go-value';

/** What a function was given, whose parameters said already what it is. */

export function getText(value: GoValue | undefined): string {
  return value?.kind === 'string' ? value.value : '';
}

export function getInt(value: GoValue | undefined): bigint {
  return value?.kind === 'int' ? value.value : 0n;
}

export function getBytes(value: GoValue | undefined): Uint8Array {
  return (value && bytesOf(value)) ?? new Uint8Array();
}

/** Undefined of anything but a time. */
export function getMoment(value: GoValue | undefined): GoMoment | undefined {
  return value?.kind === 'struct' ? value.moment : undefined;
}
