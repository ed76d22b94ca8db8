/** What a fault proxy may do to one answer: see fault-proxy.ts. */
export type Fault =
  /** The connection ends after that many bytes of the body, where it has as many: closed, or reset. */
  | { readonly kind: 'cut'; readonly after: number; readonly reset?: boolean }
  /** Nothing more comes after that many bytes of the body; the connection stays open. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The answer begins that much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The byte at that place of the body is another. */
  | { readonly kind: 'corrupt'; readonly at: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Content-Length says that many more (or fewer) bytes than the body has. */
  | { readonly kind: 'length'; readonly by: number }
  /** The body never ends, and has no length. */
  | { readonly kind: 'endless' }
  /** The Range of the request is dropped: 200 and all of it. */
  | { readonly kind: 'no range' }
  /** The connection ends after that many bytes of the request's body, where it has as many. */
  | { readonly kind: 'cut upload'; readonly after: number }
  /** The server takes the request, and its answer is lost. */
  | { readonly kind: 'no answer' }
  /** Headers of the answer, in the place of the server's. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Another answer than the server's, which is not asked. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

/** A request that is about to be passed on. */
export interface FaultyRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of all requests of this proxy, from 0. */
  readonly number: number;
  /** How often the same path was asked before. */
  readonly earlier: number;
}

/** The fault of a request; undefined to pass it on as it is. */
export type FaultPlan = (request: FaultyRequest) => Fault | undefined;

export interface SeededFaultOptions {
  /** How many of the requests are hit: 0.3. */
  readonly rate?: number;
  /** After that many faults all goes well, so that whoever tries again comes through: 8. */
  readonly most?: number;
  /** Bytes within which cuts, stalls and wrong bytes fall: 4 MiB. */
  readonly within?: number;
  /** Which faults: those after which another attempt may succeed. */
  readonly kinds?: readonly SeededKind[];
  readonly only?: (request: FaultyRequest) => boolean;
}

export type SeededKind =
  | 'cut upload'
  | 'no answer'
  | 'cut'
  | 'reset'
  | 'stall'
  | 'delay'
  | 'corrupt'
  | 'throttle'
  | 'length'
  | 'status'
  | 'refusal';
const KINDS: readonly SeededKind[] = ['cut', 'reset', 'delay', 'corrupt', 'length', 'status'];
const PASSING_STATUSES = [429, 500, 502, 503, 504];
/** What no other attempt helps against, as far as anyone can tell. */
const REFUSALS = [401, 403, 404];

/** Faults at points that a seed alone decides: the same seed and requests, the same faults. */
export function seededFaults(seed: number, options: SeededFaultOptions = {}): FaultPlan {
  const { rate = 0.3, most = 8, within = 4 << 20, kinds = KINDS, only = () => true } = options;
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  // As many in the first kilobytes as in the megabytes behind them: small documents are hit, too.
  const place = (): number => Math.floor(within ** random());
  let faults = 0;
  return (request) => {
    if (!only(request) || faults >= most || random() >= rate) return undefined;
    faults++;
    return faultOf(kinds[upTo(kinds.length)], { upTo, place });
  };
}

interface FaultPlaces {
  readonly upTo: (limit: number) => number;
  readonly place: () => number;
}

function faultOf(kind: SeededKind | undefined, { upTo, place }: FaultPlaces): Fault | undefined {
  switch (kind) {
    case 'cut':
    case 'reset':
      return { kind: 'cut', after: place(), reset: kind === 'reset' };
    case 'stall':
      return { kind, after: place() };
    case 'delay':
      return { kind, ms: upTo(300) };
    case 'cut upload':
      return { kind, after: place() };
    case 'no answer':
      return { kind };
    case 'corrupt':
      return { kind, at: place() };
    case 'throttle':
      return { kind, bytesPerSecond: (1 + upTo(20)) << 20 };
    case 'length':
      return { kind, by: upTo(2) === 0 ? -1 - upTo(100) : 1 + upTo(100) };
    case 'status': {
      const status = PASSING_STATUSES[upTo(PASSING_STATUSES.length)] ?? 503;
      return {
        kind,
        status,
        headers: status === 429 || status === 503 ? { 'Retry-After': '0' } : {},
      };
    }
    case 'refusal':
      return { kind: 'status', status: REFUSALS[upTo(REFUSALS.length)] ?? 404 };
    case undefined:
      return undefined;
  }
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
