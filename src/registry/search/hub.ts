import type { JsonValue } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import { isDigest, type Digest } from '../../oci/digest';
import { Fields } from '../../oci/json';
import { parsePlatform, type Platform } from '../../oci/platform';
import { fetchJson } from '../http/fetch-json';
import { countOf } from './search';
import type { Transport } from '../http/transport';

/** Where Docker Hub's own pages ask. Nothing that is asked here counts as a pull. */
const HUB_API = 'https://hub.docker.com';

/** One page of a list of Docker Hub's. */
export interface HubPage<Item> {
  readonly items: readonly Item[];
  /** Of all pages. */
  readonly count: number;
  readonly hasNext: boolean;
}

export interface HubPageOptions extends AbortOptions {
  /** From 1. */
  readonly page?: number;
  /** 1 to 100. */
  readonly pageSize?: number;
  /** Another place than Docker Hub: for tests. */
  readonly api?: string;
}

/** A repository as Docker Hub's pages show it. */
export interface HubRepository {
  /** As people write it: `nginx`, `bitnami/nginx`. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  readonly isOfficial: boolean;
  /** Empty where Hub does not say. */
  readonly publisher: string;
}

/** Searches Docker Hub, with what only its own API tells: pulls, publisher. */
export async function searchHub(
  transport: Transport,
  query: string,
  options: HubPageOptions = {},
): Promise<HubPage<HubRepository>> {
  const url = pageUrl('/v2/search/repositories/', { query }, options);
  const json = await fetchJson(transport, { ...options, url, what: 'the search' });
  return parsePage(json, 'the search', (fields) => ({
    name: (fields.optionalString('repo_name') ?? '').replace(/^library\//, ''),
    description: fields.optionalString('short_description') ?? '',
    stars: countOf(fields, 'star_count'),
    pulls: countOf(fields, 'pull_count'),
    isOfficial: fields.boolean('is_official'),
    publisher: fields.optionalString('repo_owner') ?? '',
  }));
}

/** One platform of a tag. */
export interface HubPlatform {
  readonly platform: Platform;
  /** Of the manifest; undefined where Hub does not say. */
  readonly digest: Digest | undefined;
  /** Bytes of all its layers, as stored. */
  readonly size: number;
}

/** A tag as Docker Hub's pages show it. */
export interface HubTag {
  readonly name: string;
  /** Of the manifest or index; undefined where Hub does not say. */
  readonly digest: Digest | undefined;
  /** RFC 3339, as Hub has it. */
  readonly updated: string;
  /** Bytes of the layers of one platform, as Hub gives it. */
  readonly size: number;
  /** Without attestations; empty for what is no image: a chart, a plugin. */
  readonly platforms: readonly HubPlatform[];
}

export interface HubTagOptions extends HubPageOptions {
  /** What is to be in the tags' names; all where it is empty. */
  readonly name?: string;
}

/** The tags of a repository on Docker Hub, the latest first. `repository` is in full: `library/nginx`. */
export async function listHubTags(
  transport: Transport,
  repository: string,
  options: HubTagOptions = {},
): Promise<HubPage<HubTag>> {
  const { name = '' } = options;
  const path = `/v2/repositories/${repository}/tags`;
  const url = pageUrl(path, name === '' ? {} : { name }, options);
  const json = await fetchJson(transport, { ...options, url, what: 'the list of tags' });
  return parsePage(json, 'the list of tags', parseTag);
}

function parseTag(fields: Fields): HubTag {
  const images = fields.array('images').map((image) => {
    const its = new Fields(image, `an image of ${fields.what}`);
    return {
      platform: parsePlatform(image, its.what),
      digest: digestOf(its),
      size: countOf(its, 'size'),
    };
  });
  const isImage = (fields.optionalString('content_type') ?? 'image') === 'image';
  return {
    name: fields.string('name'),
    digest: digestOf(fields),
    updated: fields.optionalString('last_updated') ?? '',
    size: countOf(fields, 'full_size'),
    platforms: isImage ? images.filter(({ platform }) => platform.os !== 'unknown') : [],
  };
}

function digestOf(fields: Fields): Digest | undefined {
  const digest = fields.raw('digest');
  return isDigest(digest) ? digest : undefined;
}

function pageUrl(
  path: string,
  parameters: Readonly<Record<string, string>>,
  { page = 1, pageSize = 25, api = HUB_API }: HubPageOptions,
): string {
  const query = { ...parameters, page: String(page), page_size: String(pageSize) };
  return `${api}${path}?${new URLSearchParams(query).toString()}`;
}

/** The link to the next page says only whether there is one: it may lead anywhere, and pages have numbers. */
function parsePage<Item>(
  json: JsonValue,
  what: string,
  parse: (fields: Fields) => Item,
): HubPage<Item> {
  const fields = new Fields(json, what);
  return {
    items: fields
      .array('results')
      .map((value, i) => parse(new Fields(value, `item ${i} of ${what}`))),
    count: countOf(fields, 'count'),
    hasNext: typeof fields.raw('next') === 'string',
  };
}
