import type { ByteRange } from '../base/byte-source';
import { LIMITS } from '../base/limits';
import type { AbortOptions } from '../base/task';
import type { Descriptor } from '../oci/descriptor';
import { isDigest, type Digest } from '../oci/digest';
import type { Reference } from '../oci/reference';
import type { RegistryAccess } from './access';
import { cutBody, startOf, tooManyBytes } from './http/blob-body';
import type { RegistryConnection, RegistryRequest } from './connection';
import { blobRefusal, RegistryError } from './errors';
import { ManifestCache } from './manifest-cache';
import { MANIFEST_TYPES } from './manifest-types';
import { listPages, type ListOptions } from './http/paged-list';
import { readBody } from './http/reply-body';
import { beginsAsWebPage, webPage } from './http/web-page';

/** A registry, as far as it is read. Rejects with `RegistryError`; see `RegistryConnection.send`. */
export interface Registry {
  /** As a reference has it: `docker.io`. */
  readonly host: string;
  /** What a tag or digest stands for now, without its bytes: HEAD, which Docker Hub does not count as a pull. */
  resolve(reference: Reference, options?: AbortOptions): Promise<Descriptor>;
  /** The bytes of a manifest or index, checked against its digest. */
  manifest(
    repository: string,
    descriptor: Pick<Descriptor, 'digest'>,
    options?: AbortOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The bytes of a blob from `range.start` on, unchecked: who reads it sums it up. The stream rejects with what breaks it off; see
   * `remoteBlobSource` for one that goes on by itself.
   */
  blob(
    repository: string,
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    options?: AbortOptions & { readonly range?: ByteRange | undefined },
  ): Promise<ReadableStream<Uint8Array>>;
  /** What a worker needs to go on speaking to it. */
  access(options?: AbortOptions): Promise<RegistryAccess>;
  /** In the registry's order. */
  tags(repository: string, options?: ListOptions): AsyncIterable<string>;
}

/** Names in one page of a list. */
const PAGE = 1000;

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export class RegistryClient implements Registry {
  readonly connection: RegistryConnection;
  readonly #manifests = new ManifestCache();

  constructor(connection: RegistryConnection) {
    this.connection = connection;
  }

  get host(): string {
    return this.connection.registry;
  }

  async resolve(reference: Reference, options: AbortOptions = {}): Promise<Descriptor> {
    const { repository, digest: asked, tag = 'latest' } = reference;
    const request = { ...manifestRequest(repository, asked ?? tag), ...options };
    const response = await this.#head(request);
    const digest = asked ?? (response && toldDigest(response));
    const length = response?.headers.get('content-length') ?? '';
    if (response && digest && /^\d{1,9}$/.test(length)) {
      return { mediaType: mediaTypeOf(response), digest, size: Number(length) };
    }
    const got = await this.connection.send(request);
    const bytes = await this.#document(got, options);
    const found = await this.#manifests.put(bytes);
    const expected = asked ?? toldDigest(got) ?? found;
    if (found !== expected) throw digestMismatch(this.host, expected, found);
    return { mediaType: mediaTypeOf(got), digest: found, size: bytes.length };
  }

  async manifest(
    repository: string,
    { digest }: Pick<Descriptor, 'digest'>,
    options: AbortOptions = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#manifests.get(digest);
    if (known) return known;
    const response = await this.connection.send({
      ...manifestRequest(repository, digest),
      ...options,
    });
    const bytes = await this.#document(response, options);
    const found = await this.#manifests.put(bytes);
    if (found !== digest) throw digestMismatch(this.host, digest, found);
    return bytes;
  }

  async blob(
    repository: string,
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    { range, signal }: AbortOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const { start, end } = range ?? { start: 0, end: size };
    if (start >= end) return new Blob([]).stream();
    const isWhole = start === 0 && end >= size;
    const response = await this.connection
      .send({
        path: `/v2/${repository}/blobs/${digest}`,
        scopes: [pullScope(repository)],
        headers: isWhole ? {} : { range: `bytes=${start}-${end - 1}` },
        isTransfer: true,
        signal,
      })
      .catch((error: unknown) => {
        throw blobRefusal(error, { digest });
      });
    const sent = { start: startOf(response, start, this.host), end };
    const tooLong =
      isWhole || end >= size ? () => tooManyBytes(this.host, digest, size) : undefined;
    return cutBody(response.body ?? new Blob([]).stream(), {
      host: this.host,
      sent,
      from: start,
      tooLong,
    });
  }

  access(options?: AbortOptions): Promise<RegistryAccess> {
    return this.connection.access(options);
  }

  async *tags(repository: string, options: ListOptions = {}): AsyncGenerator<string> {
    const pages = listPages(this.connection, {
      ...options,
      path: `/v2/${repository}/tags/list?n=${PAGE}`,
      member: 'tags',
      what: 'the list of tags',
      scopes: [pullScope(repository)],
    });
    for await (const names of pages) yield* names;
  }

  /**
   * The answer to a HEAD; undefined where a GET has to tell: the registry has no HEAD, or it refused, for which a HEAD has no words.
   */
  async #head(request: RegistryRequest): Promise<Response | undefined> {
    try {
      return await this.connection.send({ ...request, method: 'HEAD' });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.code === 'rate-limited') await this.#explainLimit(request, error);
      else if (!hasMoreToSay(error)) throw error;
      return undefined;
    }
  }

  /** Throws the limit that a HEAD met in the registry's own words. One GET has to do, as it may count itself. */
  async #explainLimit(request: RegistryRequest, met: RegistryError): Promise<void> {
    try {
      const response = await this.connection.send({ ...request, isOnce: true });
      await response.body?.cancel();
    } catch (error) {
      request.signal?.throwIfAborted();
      throw error instanceof RegistryError && error.code === 'rate-limited' ? error : met;
    }
  }

  async #document(response: Response, { signal }: AbortOptions): Promise<Uint8Array<ArrayBuffer>> {
    const what = `The manifest that ${this.host} sent`;
    const bytes = await readBody(response, { what, maxBytes: LIMITS.manifestBytes, signal });
    if (beginsAsWebPage(bytes)) throw webPage(this.host, 'a manifest');
    return bytes;
  }
}

/** Whether a GET would explain what a HEAD was refused. Where a password is asked for, there is nothing to explain. */
function hasMoreToSay({ code, detail }: RegistryError): boolean {
  switch (code) {
    case 'unauthorized':
      return detail['scheme'] !== 'basic' && detail['isExplained'] === false;
    case 'denied':
    case 'not-found':
    case 'registry-failed':
    case 'registry-refused':
    case 'web-page':
    case 'not-a-registry':
      return true;
    default:
      return false;
  }
}

/** What a token server knows the reading of a repository as. */
export function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

function manifestRequest(repository: string, tagOrDigest: string): RegistryRequest {
  return {
    path: `/v2/${repository}/manifests/${tagOrDigest}`,
    headers: { accept: MANIFEST_TYPES },
    scopes: [pullScope(repository)],
  };
}

/** What the registry says that the digest is; undefined where it says nothing, or hides it from pages. */
function toldDigest({ headers }: Response): Digest | undefined {
  const told = headers.get('docker-content-digest');
  return isDigest(told) ? told : undefined;
}

function mediaTypeOf({ headers }: Response): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
}

function digestMismatch(host: string, expected: Digest, found: Digest): RegistryError {
  return new RegistryError(
    'digest-mismatch',
    `The manifest that ${host} sent has the digest ${found}, not ${expected}.`,
    { detail: { host, what: 'the manifest', expected, found } },
  );
}
