import { createContext, type Snippet } from 'svelte';
import type { ErrorRecord } from '../../base/errors';

/** What a registry has against a request, shown with what can be done about it: error, registry, and the way to ask again. */
export type FailureView = Snippet<[ErrorRecord, string, () => void]>;

/** How failures of a registry are shown. The page of a remote image sets it. */
export const [getFailureView, setFailureView] = createContext<FailureView>();
