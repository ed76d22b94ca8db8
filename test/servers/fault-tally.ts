import type { Exchange } from './fault-proxy';

/** What a fault is called where it had an effect: `cut`, `too short`, `503`. */
function nameOf({ method, status, bytes, fault }: Exchange): string | undefined {
  if (fault?.kind === 'status') return String(fault.status);
  if (!fault || method === 'HEAD' || status === 0) return undefined;
  switch (fault.kind) {
    case 'cut':
      return bytes < fault.after ? undefined : fault.reset ? 'reset' : 'cut';
    case 'stall':
      return bytes < fault.after ? undefined : 'stall';
    case 'corrupt':
      return bytes > fault.at ? 'corrupt' : undefined;
    case 'length':
      return fault.by < 0 ? 'too short' : 'too long';
    default:
      return fault.kind;
  }
}

/** What only takes time, and breaks nothing. */
const HARMLESS: ReadonlySet<string> = new Set(['delay', 'throttle']);

/** How often pulls met which fault. */
export class FaultTally {
  readonly #counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  addAll(exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges) {
      const name = nameOf(exchange);
      if (name !== undefined) this.add(name);
    }
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Of all faults, but for what only takes time. */
  get total(): number {
    return [...this.#counts].reduce(
      (sum, [name, count]) => sum + (HARMLESS.has(name) ? 0 : count),
      0,
    );
  }

  toString(): string {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    return `${this.total} faults: ${sorted.map(([name, count]) => `${name} ${count}`).join(', ')}`;
  }
}
