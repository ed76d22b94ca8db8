import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import type { Descriptor } from '../../oci/descriptor';
import { digestHex, type Digest } from '../../oci/digest';
import { parseImageIndex } from '../../oci/image-index';
import { isIndexType, MediaType } from '../../oci/media-types';
import { pullScope, type RegistryClient } from '../client';
import { RegistryError } from '../errors';
import { nextPage } from '../http/link';
import { listCosignTags } from './cosign-tags';
import { fetchDocument } from './remote-document';
import { parseReply, readBody } from '../http/reply-body';

/** Pages of referrers that are read. */
const MAX_PAGES = 100;

/** What a registry has about a manifest, each once: what names it as its subject, and what cosign's tags name. */
export async function listReferrers(
  client: RegistryClient,
  subject: ReferredManifest,
  options: AbortOptions = {},
): Promise<readonly Descriptor[]> {
  const lists = await Promise.all([
    listBySubject(client, subject, options),
    listCosignTags(client, subject, options),
  ]);
  return [...new Map(lists.flat().map((each) => [each.digest, each])).values()];
}

interface ReferredManifest {
  readonly repository: string;
  readonly subject: Digest;
}

/**
 * What names a manifest as its subject: signatures, SBOMs, attestations. Of registries that have no referrers API, what their tag for it lists;
 * empty where there is neither. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
async function listBySubject(
  client: RegistryClient,
  { repository, subject }: ReferredManifest,
  options: AbortOptions,
): Promise<readonly Descriptor[]> {
  try {
    return await askApi(client, `/v2/${repository}/referrers/${subject}`, {
      ...options,
      scopes: [pullScope(repository)],
    });
  } catch (error) {
    if (!(error instanceof RegistryError) || !hasNoApi(error)) throw error;
    return readTag(client, { repository, subject }, options);
  }
}

/** Distribution answers 404, others say that they do not know the path, or send a web page. */
function hasNoApi({ code, detail }: RegistryError): boolean {
  return (
    code === 'not-found' ||
    code === 'bad-reply' ||
    code === 'web-page' ||
    detail['status'] === 400 ||
    detail['status'] === 405
  );
}

async function askApi(
  { connection, host }: RegistryClient,
  first: string,
  { scopes, signal }: AbortOptions & { readonly scopes: readonly string[] },
): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  const what = 'the list of referrers';
  const maxBytes = LIMITS.manifestBytes;
  let path: string | undefined = first;
  for (let pages = 0; path !== undefined; pages++) {
    if (pages === MAX_PAGES) throw tooManyPages(host);
    const headers = { accept: MediaType.ociIndex };
    const response = await connection.send({ path, headers, scopes, signal });
    const bytes = await readBody(response, { what: `${what} of ${host}`, maxBytes, signal });
    parseReply(bytes, { host, what, maxBytes });
    found.push(...parseImageIndex(bytes, `${what} of ${host}`).manifests);
    const next: string | undefined = nextPage(response.headers.get('link'), path)?.path;
    path = next === path ? undefined : next;
  }
  return found;
}

/** The index under the tag `sha256-…`. Some registries take that tag for the subject itself, which is no list of its referrers. */
async function readTag(
  client: RegistryClient,
  { repository, subject }: ReferredManifest,
  options: AbortOptions,
): Promise<readonly Descriptor[]> {
  const reference = { registry: client.host, repository, tag: `sha256-${digestHex(subject)}` };
  try {
    const { descriptor, bytes } = await fetchDocument(client, reference, options);
    if (descriptor.digest === subject || !isIndexType(descriptor.mediaType)) return [];
    return parseImageIndex(bytes, `the list of referrers of ${subject}`).manifests;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'not-found') return [];
    throw error;
  }
}

function tooManyPages(host: string): RegistryError {
  return new RegistryError(
    'limit-exceeded',
    `The list of referrers of ${host} has more than the ${MAX_PAGES} pages allowed.`,
    { detail: { host, limit: MAX_PAGES } },
  );
}
