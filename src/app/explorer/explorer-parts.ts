import { RegexMatcher } from '../../workers/regex-matcher';
import type { LayerStacks } from '../image/layer-stacks';
import { StackedLayers } from '../image/stacked-layers';
import type { RegexBatches } from './tree-filter';

/** What explores one image beside its source. */
export interface ExplorerParts {
  readonly stacks: LayerStacks;
  readonly regex: RegexBatches;
  /** Ends what runs. */
  close(): void;
}

export function explorerParts(): ExplorerParts {
  const regex = new RegexMatcher();
  return { stacks: new StackedLayers(), regex, close: () => regex.close() };
}
