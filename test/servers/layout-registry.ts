import type { IncomingMessage, ServerResponse } from 'node:http';
import { MediaType } from '../../src/oci/media-types';
import type { BlobDescriptor, LayoutBuilder } from '../support/archive-builder';
import { startUpstream, type Upstream } from '../support/upstream';

/**
 * A registry of what a builder made, for what real tools do not push. What `tagged` gives is under every repository's tag `1`. `before` is waited
 * for before a request is answered.
 */
export function startLayoutRegistry(
  layout: LayoutBuilder,
  tagged: () => BlobDescriptor,
  { before }: { readonly before?: (request: IncomingMessage) => Promise<void> } = {},
): Promise<Upstream> {
  return startUpstream((request, response) => {
    if (!before) answer(request, response, { layout, tagged });
    else void before(request).then(() => answer(request, response, { layout, tagged }));
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { layout, tagged }: { readonly layout: LayoutBuilder; readonly tagged: () => BlobDescriptor },
): void {
  const [, kind = '', name = ''] = /\/(manifests|blobs)\/([^/?]+)/.exec(request.url ?? '') ?? [];
  if (kind === '') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
    return;
  }
  const digest = name === '1' ? tagged().digest : name;
  const bytes = layout.bytesOf(digest as BlobDescriptor['digest']);
  const isThere = bytes.length > 0;
  const mediaType = name === '1' ? tagged().mediaType : '';
  const type = kind === 'blobs' ? 'application/octet-stream' : mediaType || MediaType.ociManifest;
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const [start, end] = range ? [Number(range[1]), Number(range[2]) + 1] : [0, bytes.length];
  const sent = bytes.subarray(start, end);
  response.writeHead(isThere ? (range ? 206 : 200) : 404, {
    'content-type': isThere ? type : 'application/json',
    ...(isThere ? { 'content-length': sent.length, 'docker-content-digest': digest } : {}),
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
  });
  const error = '{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}';
  response.end(request.method === 'HEAD' ? undefined : isThere ? sent : error);
}
