import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import { artifactKind, artifactTypeOfEntry, type ArtifactKind } from '../../oci/artifact-name';
import type { Digest } from '../../oci/digest';
import type { RemoteFacts } from './remote-facts';

/** What is there about an image: a signature, an attestation, an SBOM. */
export interface Referrer {
  readonly kind: ArtifactKind;
  /** As the registry has it. */
  readonly type: string;
  readonly digest: Digest;
  /** Bytes of its manifest. */
  readonly size: number;
}

export type ReferrerListState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly referrers: readonly Referrer[] }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** What a registry has about one image. */
export class ReferrerList {
  readonly #facts: Pick<RemoteFacts, 'listReferrers'>;
  #state = $state.raw<ReferrerListState>({ kind: 'reading' });

  constructor(facts: Pick<RemoteFacts, 'listReferrers'>) {
    this.#facts = facts;
  }

  get state(): ReferrerListState {
    return this.#state;
  }

  /** Asks the registry. What goes wrong is a state. */
  async read(signal?: AbortSignal): Promise<void> {
    this.#state = { kind: 'reading' };
    try {
      const found = await this.#facts.listReferrers({ signal });
      const referrers = found.map((each) => {
        const type = artifactTypeOfEntry(each);
        return { kind: artifactKind(type), type, digest: each.digest, size: each.size };
      });
      if (signal?.aborted !== true) this.#state = { kind: 'read', referrers };
    } catch (error) {
      if (signal?.aborted !== true) this.#state = { kind: 'failed', error: toErrorRecord(error) };
    }
  }
}
