/**
 * The second host that a registry redirects to for its blobs, as S3 or a CDN does: it serves the registry's storage, answers to Range
 * (206, 416), If-Range and If-None-Match, and refuses a request that brings an Authorization, with S3's own words.
 *
 *     const blobs = await startBlobHost();
 *     const registry = await startRegistry({ blobs });
 */
import { createReadStream, rmSync, statSync, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream';
import { startUpstream, type Upstream } from '../support/upstream';
import { serverFolder } from './program-server';

export interface BlobHost extends Pick<Upstream, 'host' | 'url' | 'requests'> {
  /** What a registry is to use as its storage. */
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startBlobHost(): Promise<BlobHost> {
  const folder = serverFolder('blobs');
  const server = await startUpstream((request, response) => {
    serve(folder, request, response);
  });
  const stop = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const { host, url, requests } = server;
  return { host, url, requests, folder, stop };
}

function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', headers, url = '/' } = request;
  const path = join(folder, normalize(new URL(url, 'http://-').pathname));
  const file = statSync(path, { throwIfNoEntry: false });
  if (headers.authorization !== undefined) refuse(response, 400, 'Only one auth mechanism allowed');
  else if (method !== 'GET' && method !== 'HEAD') refuse(response, 405, 'MethodNotAllowed');
  else if (!file?.isFile()) refuse(response, 404, 'NoSuchKey');
  else serveFile({ path, file }, request, response);
}

function serveFile(
  { path, file }: { readonly path: string; readonly file: Stats },
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = `"${file.mtimeMs.toString(16)}-${file.size.toString(16)}"`;
  response.setHeader('ETag', etag).setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', 'application/octet-stream');
  if (headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const fresh = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = rangeOf(fresh ? headers.range : undefined, file);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${file.size}`);
    refuse(response, 416, 'InvalidRange');
    return;
  }
  const { start, end, partial } = range;
  if (partial) response.setHeader('Content-Range', `bytes ${start}-${end}/${file.size}`);
  response.writeHead(partial ? 206 : 200, { 'Content-Length': end - start + 1 });
  if (method === 'HEAD' || file.size === 0) response.end();
  else pipeline(createReadStream(path, { start, end }), response, () => undefined);
}

interface ServedRange {
  readonly start: number;
  /** Inclusive, as in the header. */
  readonly end: number;
  readonly partial: boolean;
}

/** One range, as clients of registries ask for; what is none is ignored. https://www.rfc-editor.org/rfc/rfc9110#name-range */
function rangeOf(header: string | undefined, { size }: Stats): ServedRange | 'unsatisfiable' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return { start: 0, end: size - 1, partial: false };
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(size - 1, Number(to));
  return start > end ? 'unsatisfiable' : { start, end, partial: true };
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}
