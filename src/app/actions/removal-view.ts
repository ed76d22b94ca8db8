import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { RemovalOutcome, RemovalPlan } from '../../image/removal/removal-plan';
import { shortDigest, type Digest } from '../../oci/digest';
import { imageName } from '../library/image-name';
import type { LibraryRow } from '../library/library-row';

/** One line of what a removal will do, as its dialog shows it. */
export type RemovalLine =
  | {
      readonly kind: 'untag';
      readonly key: string;
      /** As people write it. */ readonly name: string;
    }
  | {
      readonly kind: 'delete';
      readonly key: string;
      readonly shortId: string;
      /** Layers that go with it. */
      readonly layers: number;
      /** Bytes, as stored, that come free with it. */
      readonly bytes: number;
    }
  | {
      readonly kind: 'keep';
      readonly key: string;
      readonly shortId: string;
      /** Names that it still has. */
      readonly names: readonly string[];
      /** IDs of images that were built on it. */
      readonly children: readonly string[];
      /** Bytes of its layers, as stored. */
      readonly bytes: number;
    }
  | {
      readonly kind: 'refuse';
      readonly key: string;
      readonly word: string;
      readonly why: ErrorRecord;
    };

/** A plan as a dialog shows it. */
export interface RemovalView {
  readonly lines: readonly RemovalLine[];
  /** Bytes that come free. */
  readonly freed: number;
  /** Nothing would be removed. */
  readonly isEmpty: boolean;
}

/** `rows` are the list's, for sizes. */
export function removalView(plan: RemovalPlan, rows: readonly LibraryRow[]): RemovalView {
  const { removed, changed, freed } = plan;
  return {
    lines: removalLines(plan, rows),
    freed: freed.bytes,
    isEmpty: removed.refs.length + removed.images.length + changed.length === 0,
  };
}

/** A plan line by line: names that go, then images, then what stays. */
function removalLines(
  { outcomes, freed }: RemovalPlan,
  rows: readonly LibraryRow[],
): readonly RemovalLine[] {
  const going = new Set(freed.blobs);
  const lines = outcomes.flatMap((outcome) => linesOf(outcome, { going, rows }));
  const unique = [...new Map(lines.map((line) => [line.key, line])).values()];
  // An image that goes with a later word is not kept by an earlier one.
  const deleted = new Set(unique.flatMap((line) => (line.kind === 'delete' ? [line.shortId] : [])));
  const shown = unique.filter((line) => line.kind !== 'keep' || !deleted.has(line.shortId));
  return shown.sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}

const ORDER = { untag: 0, delete: 1, keep: 2, refuse: 3 } as const;

interface Stored {
  /** Blobs that come free. */
  readonly going: ReadonlySet<Digest>;
  readonly rows: readonly LibraryRow[];
}

function linesOf(outcome: RemovalOutcome, stored: Stored): RemovalLine[] {
  if (outcome.kind === 'refused') {
    const { word, error } = outcome;
    return [{ kind: 'refuse', key: `refuse ${word}`, word, why: toErrorRecord(error) }];
  }
  const { steps, kept } = outcome;
  const lines = steps.flatMap((step): RemovalLine[] => {
    if (step.kind === 'untagged') {
      const { tag, text } = imageName(step.name);
      return tag === '' ? [] : [{ kind: 'untag', key: `untag ${text}`, name: text }];
    }
    if (step.kind === 'layer-deleted') return [];
    const key = `delete ${step.digest}`;
    const freed = layersOf(step.digest, stored).filter(([digest]) => stored.going.has(digest));
    const shortId = shortDigest(step.digest);
    return [{ kind: 'delete', key, shortId, layers: freed.length, bytes: bytesOf(freed) }];
  });
  if (!kept) return lines;
  const line: RemovalLine = {
    kind: 'keep',
    key: `keep ${kept.imageId}`,
    shortId: shortDigest(kept.imageId),
    names: kept.names
      .map((name) => imageName(name))
      .flatMap(({ tag, text }) => (tag === '' ? [] : [text])),
    children: kept.children.map(shortDigest),
    bytes: bytesOf(layersOf(kept.imageId, stored)),
  };
  return [...lines, line];
}

/** Layer blobs of a listed image with their bytes, each once. */
function layersOf(imageId: Digest, { rows }: Stored): readonly (readonly [Digest, number])[] {
  const layers = rows.find((row) => row.imageId === imageId)?.layers ?? [];
  return [...new Map(layers.map(({ digest, size }) => [digest, size]))];
}

function bytesOf(layers: readonly (readonly [Digest, number])[]): number {
  return layers.reduce((sum, [, size]) => sum + size, 0);
}
