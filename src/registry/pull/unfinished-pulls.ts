import { parseDigest, type Digest } from '../../oci/digest';
import { formatPlatform, parsePlatformText, type Platform } from '../../oci/platform';
import { canonicalReference, parseReference, type Reference } from '../../oci/reference';
import { RESUMABLE_MS } from '../../store/content-store';
import type { Store } from '../../store/store';

/** What tells one pull from another. */
export interface PullKey {
  /** With a tag or a digest. */
  readonly reference: Reference;
  /** The one asked for. */
  readonly platform: Platform;
}

export interface WantedLayer {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Where it is in the image, from 0, the base. */
  readonly positions: readonly number[];
}

/** A pull that broke off, in this tab or another, or with it. */
export interface UnfinishedPull extends PullKey {
  /** Those that have to be fetched, base first, with the bytes of each that are here. */
  readonly layers: readonly (WantedLayer & { readonly written: number })[];
  /** When it broke off, or began where nobody could say more; milliseconds since the epoch. */
  readonly triedAt: number;
}

/** A pull that is on its way. One of the two is to be called when it ends. */
export interface PullNote {
  /** It is done, and nothing is left to go on with. */
  done(): Promise<void>;
  /** It broke off: what has come is kept from now on as long as any such bytes are. */
  brokenOff(): Promise<void>;
}

/** What is stored of a pull, as JSON. */
interface PullRow {
  readonly reference: string;
  readonly platform: string;
  readonly layers: readonly WantedLayer[];
  /** Milliseconds since the epoch. */
  readonly touchedAt: number;
}

const PREFIX = 'registry.pulls.';

/** Notes that a pull has begun, so that it can be found where its tab is closed before it ends. */
export async function noteBegin(
  store: Store,
  key: PullKey,
  { layers, now }: { readonly layers: readonly WantedLayer[]; readonly now: () => number },
): Promise<PullNote> {
  const name = nameOf(key);
  const ended = new AbortController();
  // Another tab may pull the same, and has the lock until it is done: either way somebody has it.
  const lock = store.locks.acquire(name, { signal: ended.signal });
  const letGo = (): void => {
    ended.abort();
    lock.then(
      (release) => release(),
      () => undefined,
    );
  };
  const write = (): Promise<void> =>
    store.settings.set(name, {
      reference: canonicalReference(key.reference),
      platform: formatPlatform(key.platform),
      layers: layers.map(({ digest, size, positions }) => ({ digest, size, positions })),
      touchedAt: now(),
    } satisfies PullRow);
  const end = (work: () => Promise<void>) => () => work().finally(letGo);
  lock.catch(() => undefined);
  await write().catch((error: unknown) => {
    letGo();
    throw error;
  });
  return { done: end(() => store.settings.delete(name)), brokenOff: end(write) };
}

/** The pulls that broke off and of which something is here, the latest first. Those that can no longer be gone on with are forgotten. */
export async function unfinishedPulls(
  store: Store,
  now: () => number,
): Promise<readonly UnfinishedPull[]> {
  const found: UnfinishedPull[] = [];
  const held = await store.locks.held();
  for (const name of await store.settings.names(PREFIX)) {
    if (held?.has(name)) continue;
    const row = readRow(await store.settings.get(name));
    if (!row || now() - row.touchedAt > RESUMABLE_MS) {
      await store.settings.delete(name);
      continue;
    }
    const layers = await withWritten(store, row.layers);
    if (layers.some(({ written }) => written > 0)) {
      found.push({ ...row.key, layers, triedAt: row.touchedAt });
    }
  }
  return found.sort((a, b) => b.triedAt - a.triedAt);
}

/** Takes a pull off the list. What has come of it stays for as long as it may be of use to another. */
export function forgetPull(store: Store, key: PullKey): Promise<void> {
  return store.settings.delete(nameOf(key));
}

/** Takes a pull off the list, and frees what has come of it, but for layers that another one goes on with. */
export async function discardPull(store: Store, key: PullKey): Promise<void> {
  const name = nameOf(key);
  const row = readRow(await store.settings.get(name));
  await store.settings.delete(name);
  const others = await Promise.all(
    (await store.settings.names(PREFIX)).map((other) => store.settings.get(other)),
  );
  const needed = new Set(
    others.flatMap((other) => readRow(other)?.layers.map(({ digest }) => digest) ?? []),
  );
  // Layers that had come whole for an image that was then not stored become bytes under a key again.
  await store.collectGarbage();
  for (const { digest } of row?.layers ?? []) {
    if (needed.has(digest)) continue;
    const ingest = await store.content.begin({ key: digest });
    await ingest.abort();
  }
}

function nameOf({ reference, platform }: PullKey): string {
  return `${PREFIX}${canonicalReference(reference)} ${formatPlatform(platform)}`;
}

async function withWritten(
  store: Store,
  layers: readonly WantedLayer[],
): Promise<UnfinishedPull['layers']> {
  return Promise.all(
    layers.map(async (layer) => {
      const written = Math.min(layer.size, await store.content.written(layer.digest));
      return { ...layer, written };
    }),
  );
}

/** Undefined for what an earlier version stored, or nobody. */
function readRow(
  value: unknown,
): { key: PullKey; layers: readonly WantedLayer[]; touchedAt: number } | undefined {
  if (!isRow(value)) return undefined;
  try {
    const platform = parsePlatformText(value.platform);
    const reference = parseReference(value.reference);
    const layers = value.layers.map((layer) => ({ ...layer, digest: parseDigest(layer.digest) }));
    return platform && { key: { reference, platform }, layers, touchedAt: value.touchedAt };
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is PullRow {
  if (typeof value !== 'object' || value === null) return false;
  const { reference, platform, layers, touchedAt }: Partial<Record<keyof PullRow, unknown>> = value;
  return (
    typeof reference === 'string' &&
    typeof platform === 'string' &&
    typeof touchedAt === 'number' &&
    Array.isArray(layers) &&
    layers.every(isWantedLayer)
  );
}

function isWantedLayer(value: unknown): value is WantedLayer {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, size, positions }: Partial<Record<keyof WantedLayer, unknown>> = value;
  return (
    typeof digest === 'string' &&
    typeof size === 'number' &&
    Array.isArray(positions) &&
    positions.every(Number.isInteger)
  );
}
