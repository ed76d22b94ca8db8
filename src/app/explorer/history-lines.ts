import { readCreatedBy } from '../../analysis/created-by';
import { instructionLines, renderDockerfile } from '../../analysis/dockerfile';
import { tokenizeLine, type Token } from '../../analysis/dockerfile-tokens';
import type { ImageHistory } from '../../image/history';
import type { Digest } from '../../oci/digest';
import type { ExploredLayer } from '../image/image-source';
import type { ExploredImage } from './explored-image.svelte';

/** The layer that a step made. */
export interface StepLayer {
  readonly position: number;
  readonly diffId: Digest | undefined;
  /** Bytes: see `ExploredImage.sizeOf`. Undefined until the layer has been read. */
  readonly size: number | undefined;
}

/** A step of the build, as lines of a Dockerfile. */
export interface HistoryLine {
  /** Position in the history, −1 for what is not in it. */
  readonly step: number;
  /** Number of its first line in the Dockerfile, from 1. */
  readonly number: number;
  readonly lines: readonly (readonly Token[])[];
  /** Undefined for a step that made none, or of which it is not known. */
  readonly layer: StepLayer | undefined;
  readonly configOnly: boolean;
  /** RFC 3339, as written. */
  readonly created: string | undefined;
  /** As recorded. */
  readonly createdBy: string;
  readonly comment: string;
}

/** The two lines that stand before the first step. */
const HEAD_LINES = 2;

/** The steps of an image, with the layers they made where that is known. */
export function historyLines(image: ExploredImage): readonly HistoryLine[] {
  const { history } = image;
  let number = 1 + HEAD_LINES;
  return history.steps.map(({ entry, layer }, step) => {
    const instruction = readCreatedBy(entry.createdBy);
    const lines = instructionLines(instruction).map((line) =>
      tokenizeLine(line, instruction.keyword),
    );
    const row: HistoryLine = {
      step,
      number,
      lines,
      layer: history.isJoined ? stepLayer(image, layer) : undefined,
      configOnly: entry.emptyLayer,
      created: entry.created,
      createdBy: entry.createdBy,
      comment: entry.comment,
    };
    number += lines.length;
    return row;
  });
}

/** All layers, for an image of which it is not known what made them. */
export function allLayers(image: ExploredImage): readonly StepLayer[] {
  return image.layers.map((layer) => asStep(image, layer));
}

/** The Dockerfile that a history tells of. */
export function dockerfileOf({ steps }: ImageHistory): string {
  return renderDockerfile(steps.map(({ entry }) => entry));
}

function stepLayer(image: ExploredImage, position: number | undefined): StepLayer | undefined {
  const layer = position === undefined ? undefined : image.layers[position];
  return layer && asStep(image, layer);
}

function asStep(image: ExploredImage, layer: ExploredLayer): StepLayer {
  return { position: layer.position, diffId: layer.diffId, size: image.sizeOf(layer) };
}
