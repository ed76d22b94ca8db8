import type { Digest } from '../../oci/digest';
import type { PlannedLayer } from '../../registry/pull/pull';
import type { PullState } from '../../registry/pull/pull-layer';

/** A layer of a pull, as its row shows it. */
export interface PulledLayer extends PlannedLayer {
  /** `kept`: it was here before the pull began. */
  readonly state: PullState | { readonly kind: 'kept' };
}

/** A layer where it is in the image. */
export interface PulledRow {
  /** From 0, the base. */
  readonly position: number;
  readonly layer: PulledLayer;
}

/** Of one that broke off, with so many of its bytes here. */
export function stateOf(written: number, size: number): PullState {
  if (written === 0) return { kind: 'waiting' };
  return written < size ? { kind: 'downloading', done: written, total: size } : { kind: 'stored' };
}

/** The layer, after a state was told of the one with a digest. */
export function follow(layer: PulledLayer, digest: Digest, state: PullState): PulledLayer {
  return layer.digest === digest && layer.state.kind !== 'kept' ? { ...layer, state } : layer;
}

/** Bytes that have come. */
export function doneOf({ size, state }: Pick<PulledLayer, 'size' | 'state'>): number {
  switch (state.kind) {
    case 'waiting':
    case 'kept':
      return 0;
    case 'downloading':
    case 'retrying':
      return state.done;
    case 'verifying':
    case 'stored':
      return size;
  }
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
