import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import { LIMITS } from '../../base/limits';
import type { Descriptor } from '../../oci/descriptor';
import { isDigest } from '../../oci/digest';
import type { RemoteDocumentFacts, RemoteFacts } from './remote-facts';

/** What is asked to be seen, as an address has it. */
export interface AskedReferrer {
  /** Digest of the manifest. */
  readonly referrer: string;
  /** Digest of one of its blobs, whose content is shown in the place of the manifest's. */
  readonly blob: string | undefined;
}

export type OpenedReferrerState =
  | { readonly kind: 'reading' }
  | {
      readonly kind: 'read';
      readonly document: RemoteDocumentFacts;
      /** What is shown: the manifest, or a blob of it. */
      readonly shown: { readonly descriptor: Descriptor; readonly bytes: Uint8Array };
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

type Facts = Pick<RemoteFacts, 'readDocument' | 'readBlob'>;

/** A signature, an attestation, an SBOM, looked into. */
export class OpenedReferrer {
  readonly #facts: Facts;
  #state = $state.raw<OpenedReferrerState>({ kind: 'reading' });

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  get state(): OpenedReferrerState {
    return this.#state;
  }

  /** What goes wrong is a state. */
  async open({ referrer, blob }: AskedReferrer, signal?: AbortSignal): Promise<void> {
    if (!isDigest(referrer)) return;
    try {
      const document = await this.#facts.readDocument(referrer, { signal });
      const named = document.names.find(({ digest }) => digest === blob);
      const bytes =
        named && isReadable(named) ? await this.#facts.readBlob(named, { signal }) : undefined;
      const shown = named && bytes ? { descriptor: named, bytes } : document;
      if (signal?.aborted !== true) this.#state = { kind: 'read', document, shown };
    } catch (error) {
      if (signal?.aborted !== true) this.#state = { kind: 'failed', error: toErrorRecord(error) };
    }
  }
}

/** Whether a blob can be shown as text: a JSON document that is not too large. */
export function isReadable({ mediaType, size }: Descriptor): boolean {
  return /[+/]json$/.test(mediaType) && size <= LIMITS.manifestBytes;
}
