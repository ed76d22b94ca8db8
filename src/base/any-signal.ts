/** A signal that aborts with the first of these; who gives none is never waited for. */
export function anySignal(...signals: readonly (AbortSignal | null | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.flatMap((signal) => signal ?? []));
}
