import { badReply } from '../errors';

/** Where a registry is, as uploads need to know it. */
interface UploadPlace {
  readonly registry: string;
  readonly origin: string;
  /** The URL of the upload before this answer, which stays where the answer names none. */
  readonly before?: string | undefined;
}

/**
 * The URL of an upload's next request. One on the registry's own host is taken as a path: behind a proxy a registry often has another idea of
 * its scheme. Throws `bad-reply` where there is none.
 */
export function uploadLocation(
  { headers, url }: Response,
  { registry, origin, before }: UploadPlace,
): string {
  const text = headers.get('location') ?? before;
  const base = before === undefined ? origin : new URL(before, origin).href;
  if (text === undefined || !URL.canParse(text, base)) {
    throw badReply(registry, 'it does not say where to upload to', { url });
  }
  const location = new URL(text, base);
  return location.host === new URL(origin).host
    ? location.pathname + location.search
    : location.href;
}

/** What `OCI-Chunk-Min-Length` says; 0 where it says nothing. */
export function leastOf({ headers }: Response): number {
  const text = headers.get('oci-chunk-min-length')?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Bytes that the registry has, as `Range: 0-41` says it: 42. Distribution says `0-0` of nothing as well as of one byte. */
export function hasOf({ headers }: Response): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,16})$/.exec(headers.get('range') ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}
