import { readRange, type ByteRange, type ByteSource } from '../../base/byte-source';
import type { AbortOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import type { RegistryConnection, RegistryRequest } from '../connection';
import { RegistryError, type RegistryErrorCode } from '../errors';
import { DEFAULT_RETRY, Failures, isOutage, waitToRetry, type RetryPolicy } from '../http/retry';
import { hasOf, leastOf, uploadLocation } from './upload-answer';

/** A blob on its way to a registry. */
export interface UploadedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly bytes: ByteSource;
}

/** `isTransfer` as a request has it: an outage is waited out. */
type AskOptions = Pick<RegistryRequest, 'signal' | 'isTransfer'>;

export interface UploadOptions extends AbortOptions {
  /** Bytes of this blob that the registry has. Does not decrease, but where the registry has lost what it had. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Bytes that are sent at once. */
  readonly chunkSize?: number | undefined;
}

/** Bytes of a chunk: what is sent again at most after a cut, and less than what proxies in front of registries let through at once. */
const CHUNK_BYTES = 16 * 1024 * 1024;

const REFUSED: ReadonlySet<RegistryErrorCode> = new Set([
  'not-found',
  'unauthorized',
  'denied',
  'registry-refused',
]);

/** Where an upload stands: the URL of its next request, and what the registry has of it. */
interface Session {
  readonly location: string;
  /** Bytes. */
  readonly offset: number;
  /** Bytes that the registry wants of a chunk at least, but of the last. */
  readonly least: number;
}

/** A chunk is behind or ahead of what the registry has (416), or it has nothing of the upload any more (404): it can tell, or begin again. */
const OUT_OF_STEP = [404, 416];
/** In a row; then it is not the line that is at fault. */
const MOST_OUT_OF_STEP = 3;

/** What a token server knows the writing of a repository as. */
export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/**
 * Uploads to one repository. A body is always a Blob: a stream as a body is not for every browser, and cannot be sent again.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export class BlobUploader {
  readonly #connection: RegistryConnection;
  readonly #repository: string;

  constructor(connection: RegistryConnection, repository: string) {
    this.#connection = connection;
    this.#repository = repository;
  }

  /** Whether the repository has a blob already. */
  async has(digest: Digest, options: AskOptions = {}): Promise<boolean> {
    try {
      const path = `/v2/${this.#repository}/blobs/${digest}`;
      await this.#connection.send({ method: 'HEAD', path, scopes: this.#scopes(), ...options });
      return true;
    } catch (error) {
      // A HEAD is refused without words; the upload has them.
      if (error instanceof RegistryError && REFUSED.has(error.code)) return false;
      throw error;
    }
  }

  /** Takes a blob over from another repository of the registry; false where it does not want to. */
  async mount(digest: Digest, from: string, options: AbortOptions = {}): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from }).toString();
    const scopes = [...this.#scopes(), `repository:${from}:pull`];
    try {
      const response = await this.#begin(`?${query}`, scopes, options);
      if (response.status === 201) return true;
      const location = await this.#locationOf(response);
      // The upload that it began in its place is not wanted.
      await this.#send('DELETE', location, options).catch(() => undefined);
      return false;
    } catch (error) {
      options.signal?.throwIfAborted();
      // Then it is sent, which is tried again where it fails.
      if (error instanceof RegistryError) return false;
      throw error;
    }
  }

  /**
   * Sends a blob: at once where it is small, else chunk by chunk. After a cut it goes on where the registry says that it is, or from the start
   * where it does not say. Rejects as `RegistryConnection.send` does.
   */
  async upload(blob: UploadedBlob, options: UploadOptions = {}): Promise<void> {
    const { signal, retry: policy = DEFAULT_RETRY } = options;
    let session: Session | undefined;
    let best = 0;
    const counted = new Failures();
    for (;;) {
      try {
        session ??= await this.#start(options);
        await this.#run(blob, session, options, (next) => (session = next));
        return;
      } catch (error) {
        const reached = session?.offset ?? 0;
        if (reached > best) counted.clear();
        const failures = counted.add(error);
        best = Math.max(best, reached);
        const statuses = session && failures < MOST_OUT_OF_STEP ? OUT_OF_STEP : [];
        await waitToRetry(error, { failures, policy, signal, isTransfer: true, statuses });
        session = session && (await this.#resume(session, blob.size, options));
        // The registry may have taken the last byte before its answer was lost.
        if (!session && (await this.has(blob.digest, { signal, isTransfer: true }))) return;
      }
    }
  }

  async #run(
    { digest, size, bytes }: UploadedBlob,
    session: Session,
    options: UploadOptions,
    onSession: (session: Session) => void,
  ): Promise<void> {
    const chunkSize = Math.max(options.chunkSize ?? CHUNK_BYTES, session.least);
    let { location, offset } = session;
    while (size > chunkSize && offset < size) {
      const range = { start: offset, end: Math.min(size, offset + chunkSize) };
      const sent = await this.#sendChunk(location, { bytes, range }, options);
      location = sent.location;
      // Where it has something else, it is asked there what that is.
      onSession({ ...session, location, offset });
      if (sent.has !== undefined && sent.has !== range.end) throw this.#outOfStep(sent.has, range);
      offset = range.end;
      onSession({ ...session, location, offset });
      options.onSent?.(offset);
    }
    const rest = { start: offset, end: size };
    await this.#close(location, { digest, body: await bodyOf(bytes, rest, options) }, options);
    options.onSent?.(size);
  }

  async #start(options: AbortOptions): Promise<Session> {
    const response = await this.#begin('', this.#scopes(), options);
    const least = leastOf(response);
    return { location: await this.#locationOf(response), offset: 0, least };
  }

  #begin(query: string, scopes: readonly string[], options: AbortOptions): Promise<Response> {
    return this.#connection.send({
      method: 'POST',
      path: `/v2/${this.#repository}/blobs/uploads/${query}`,
      scopes,
      ...options,
    });
  }

  async #sendChunk(
    location: string,
    { bytes, range }: { readonly bytes: ByteSource; readonly range: ByteRange },
    options: AbortOptions,
  ): Promise<{ readonly location: string; readonly has: number | undefined }> {
    const response = await this.#connection.send({
      method: 'PATCH',
      path: location,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${range.start}-${range.end - 1}`,
      },
      body: await bodyOf(bytes, range, options),
      scopes: this.#scopes(),
      ...options,
    });
    return { location: await this.#locationOf(response, location), has: hasOf(response) };
  }

  #outOfStep(has: number, { end }: ByteRange): RegistryError {
    const host = this.#connection.registry;
    return new RegistryError(
      'connection-lost',
      `The registry ${host} has ${has} bytes of an upload, not the ${end} that were sent.`,
      { detail: { host, found: has, expected: end } },
    );
  }

  async #close(
    location: string,
    { digest, body }: { readonly digest: Digest; readonly body: Blob },
    options: AbortOptions,
  ): Promise<void> {
    await this.#connection.send({
      method: 'PUT',
      path: `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`,
      headers: { 'content-type': 'application/octet-stream' },
      body,
      scopes: this.#scopes(),
      ...options,
    });
  }

  /**
   * Where the registry says that a broken upload is; undefined for one that has to begin again. Rejects where nobody is there to say it, however
   * long that is waited for.
   */
  async #resume(
    { location, least }: Session,
    size: number,
    { onSent, signal }: UploadOptions,
  ): Promise<Session | undefined> {
    try {
      const response = await this.#send('GET', location, { signal, isTransfer: true });
      const offset = hasOf(response);
      if (offset === undefined || offset > size) return undefined;
      onSent?.(offset);
      return { location: await this.#locationOf(response, location), offset, least };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RegistryError && !isOutage(error)) return undefined;
      throw error;
    }
  }

  #send(method: 'GET' | 'DELETE', path: string, options: AskOptions): Promise<Response> {
    return this.#connection.send({ method, path, scopes: this.#scopes(), ...options });
  }

  async #locationOf(response: Response, before?: string): Promise<string> {
    const { registry } = this.#connection;
    const { origin } = await this.#connection.open();
    return uploadLocation(response, { registry, origin, before });
  }

  #scopes(): readonly string[] {
    return [pushScope(this.#repository)];
  }
}

async function bodyOf(bytes: ByteSource, range: ByteRange, options: AbortOptions): Promise<Blob> {
  if (bytes.blob) return bytes.blob.slice(range.start, range.end);
  return new Blob([await readRange(bytes, range, options)]);
}
