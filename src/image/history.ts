import type { HistoryEntry, ImageConfig } from '../oci/image-config';

/** One step of the build, and the layer that it made. */
export interface HistoryStep {
  readonly entry: HistoryEntry;
  /** Position of its layer from 0, the base; undefined for a step that made none. */
  readonly layer: number | undefined;
}

export interface ImageHistory {
  /** Oldest first. */
  readonly steps: readonly HistoryStep[];
  /**
   * True where every layer has a step and every step that should have made a layer has one. Where it is false, which step made which
   * layer is docker's guess: one after the other. https://github.com/opencontainers/image-spec/blob/main/config.md#properties (history)
   */
  readonly isJoined: boolean;
}

/** Joins history and layers by `empty_layer`, as docker does. */
export function joinHistory({ history = [], diffIds }: ImageConfig): ImageHistory {
  let next = 0;
  const steps = history.map((entry) => ({ entry, layer: entry.emptyLayer ? undefined : next++ }));
  return {
    steps: steps.map(({ entry, layer }) => ({
      entry,
      layer: layer !== undefined && layer < diffIds.length ? layer : undefined,
    })),
    isJoined: next === diffIds.length,
  };
}
