import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { bytesSource, type ByteSource } from '../../../src/base/byte-source';
import { BlobUploader } from '../../../src/registry/push/blob-upload';
import { DEFAULT_RETRY, type RetryPolicy } from '../../../src/registry/http/retry';
import { parseDigest } from '../../../src/oci/digest';
import { registriesFor } from '../../support/registries';
import { noise } from '../../support/streams';
import { sha256 } from '../../support/toc-builder';
import { startUpstream, type Upstream } from '../../support/upstream';

const BYTES = noise(100_000);
const BLOB = { digest: parseDigest(sha256(BYTES)), size: BYTES.length, bytes: bytesSource(BYTES) };

let server: Upstream | undefined;
afterEach(() => server?.close());

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly body: Buffer;
}

/** A registry that keeps what is uploaded; `interfere` may answer, or cut, in its place. */
class Uploads {
  readonly asked: Asked[] = [];
  stored: Buffer = Buffer.alloc(0);
  done = false;
  location = (path: string): string => path;
  interfere: (asked: Asked, request: IncomingMessage, response: ServerResponse) => boolean = () =>
    false;

  async open(retry?: RetryPolicy): Promise<BlobUploader> {
    server = await startUpstream((request, response) => void this.#answer(request, response));
    const registries = registriesFor(retry ? { retry } : {});
    return new BlobUploader(registries.open(server.host).connection, 'a/b');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const asked = { method, url, range: headers['content-range'], body: Buffer.concat(chunks) };
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (url === '/v2/') {
      response.setHeader('Content-Type', 'application/json');
      response.end('{}');
      return;
    }
    this.asked.push(asked);
    if (this.interfere(asked, request, response)) return;
    const last = Math.max(0, this.stored.length + asked.body.length - 1);
    response.setHeader('Location', this.location('/v2/a/b/blobs/uploads/1?state=x'));
    if (method === 'HEAD') response.writeHead(this.done ? 200 : 404);
    else if (method === 'POST') response.writeHead(202);
    else if (method === 'GET') {
      response.setHeader('Range', `0-${Math.max(0, this.stored.length - 1)}`).writeHead(204);
    } else {
      this.stored = Buffer.concat([this.stored, asked.body]);
      this.done = method === 'PUT';
      response.setHeader('Range', `0-${last}`).writeHead(this.done ? 201 : 202);
    }
    response.end();
  }
}

describe('an upload', () => {
  it('of a small blob is one request after the first', async () => {
    const uploads = new Uploads();
    await (await uploads.open()).upload(BLOB);
    expect(uploads.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v2/a/b/blobs/uploads/',
      `PUT /v2/a/b/blobs/uploads/1?state=x&digest=${encodeURIComponent(BLOB.digest)}`,
    ]);
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });

  it('of a large blob goes chunk by chunk, and tells how far it is', async () => {
    const uploads = new Uploads();
    const sent: number[] = [];
    const onSent = (bytes: number): void => void sent.push(bytes);
    await (await uploads.open()).upload(BLOB, { chunkSize: 40_000, onSent });
    expect(uploads.asked.map(({ method, range }) => `${method} ${range ?? ''}`)).toEqual([
      'POST ',
      'PATCH 0-39999',
      'PATCH 40000-79999',
      'PATCH 80000-99999',
      'PUT ',
    ]);
    expect(sent).toEqual([40_000, 80_000, 100_000, 100_000]);
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });

  it.each([
    ['a path', (path: string) => path],
    ['a URL of the host', (path: string) => `${server?.url ?? ''}${path}`],
    ['a URL with another scheme', (path: string) => `https://${server?.host ?? ''}${path}`],
    [
      'a path from where it is',
      (path: string) => path.replace('/v2/a/b/blobs/uploads/', '/v2/a/b/blobs/uploads/./'),
    ],
  ])('follows a Location that is %s', async (_what, location) => {
    const uploads = new Uploads();
    uploads.location = location;
    await (await uploads.open()).upload(BLOB, { chunkSize: 60_000 });
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });

  it('goes on where the registry is after a cut, and sends nothing twice', async () => {
    const uploads = new Uploads();
    let cuts = 0;
    uploads.interfere = ({ method, body }, request) => {
      if (method !== 'PATCH' || cuts++ !== 1) return false;
      // Half of the second chunk was kept.
      uploads.stored = Buffer.concat([uploads.stored, body.subarray(0, 10_000)]);
      request.socket.destroy();
      return true;
    };
    await (await uploads.open()).upload(BLOB, { chunkSize: 40_000, retry: FAST });
    expect(uploads.asked.map(({ method, range }) => `${method} ${range ?? ''}`)).toEqual([
      'POST ',
      'PATCH 0-39999',
      'PATCH 40000-79999',
      'GET ',
      'PATCH 50000-89999',
      'PATCH 90000-99999',
      'PUT ',
    ]);
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });

  it('begins again where the registry knows nothing of it any more', async () => {
    const uploads = new Uploads();
    let failures = 0;
    uploads.interfere = ({ method }, _request, response) => {
      const isLost = (method === 'PATCH' && failures === 0) || (method === 'GET' && failures === 1);
      if (!isLost) return false;
      failures++;
      uploads.stored = Buffer.alloc(0);
      response.writeHead(method === 'GET' ? 404 : 503).end();
      return true;
    };
    await (await uploads.open()).upload(BLOB, { chunkSize: 40_000, retry: FAST });
    expect(uploads.asked.map(({ method }) => method).slice(0, 5)).toEqual([
      'POST',
      'PATCH',
      'GET',
      'HEAD',
      'POST',
    ]);
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });

  it('that ended with a cut is not sent again', async () => {
    const uploads = new Uploads();
    uploads.interfere = ({ method, body }, request, response) => {
      if (method === 'GET') response.writeHead(404).end();
      if (method !== 'PUT') return method === 'GET';
      uploads.stored = body;
      uploads.done = true;
      request.socket.destroy();
      return true;
    };
    await (await uploads.open()).upload(BLOB, { retry: FAST });
    expect(uploads.asked.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET', 'HEAD']);
  });

  it('waits out an outage, and goes on at the byte that the registry has', async () => {
    const uploads = new Uploads();
    let away = 12;
    uploads.interfere = (_asked, _request, response) => {
      if (uploads.stored.length < 40_000 || away === 0) return false;
      away--;
      response.writeHead(502).end();
      return true;
    };
    const waited: number[] = [];
    const wait = (milliseconds: number): Promise<void> =>
      Promise.resolve(void waited.push(milliseconds));
    const retry = { ...DEFAULT_RETRY, wait };
    const uploader = await uploads.open(retry);
    await uploader.upload(BLOB, { retry, chunkSize: 40_000 });
    expect(uploads.stored.equals(BYTES)).toBe(true);
    expect(uploads.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(waited.reduce((a, b) => a + b, 0)).toBeGreaterThan(30_000);
  });

  it('gives up after a few failures in a row, and says what the registry said', async () => {
    const uploads = new Uploads();
    uploads.interfere = ({ method }, _request, response) => {
      if (method !== 'PUT') return false;
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end('{"errors":[{"code":"UNKNOWN","message":"disk full"}]}');
      return true;
    };
    await expect((await uploads.open()).upload(BLOB, { retry: FAST })).rejects.toMatchObject({
      code: 'registry-failed',
      message: expect.stringContaining('unknown: disk full') as string,
      detail: { text: 'received unexpected HTTP status: 500 Internal Server Error' },
    });
    expect(uploads.asked.filter(({ method }) => method === 'PUT')).toHaveLength(FAST.attempts);
  });

  it('does not try again what was refused', async () => {
    const uploads = new Uploads();
    uploads.interfere = ({ method }, _request, response) => {
      if (method === 'PUT') response.writeHead(400).end();
      return method === 'PUT';
    };
    await expect((await uploads.open()).upload(BLOB, { retry: FAST })).rejects.toMatchObject({
      code: 'registry-refused',
    });
    expect(uploads.asked).toHaveLength(2);
  });

  it('is refused by a registry that does not say where to', async () => {
    const uploads = new Uploads();
    uploads.interfere = (_asked, _request, response) => {
      response.writeHead(202).end();
      return true;
    };
    await expect((await uploads.open()).upload(BLOB)).rejects.toMatchObject({ code: 'bad-reply' });
  });

  it('ends when it is told to', async () => {
    const uploads = new Uploads();
    const stop = new AbortController();
    uploads.interfere = ({ method }) => {
      if (method === 'PATCH') stop.abort();
      return method === 'PATCH';
    };
    const uploading = (await uploads.open()).upload(BLOB, {
      chunkSize: 40_000,
      signal: stop.signal,
    });
    await expect(uploading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes bytes that are no Blob, chunk by chunk', async () => {
    const uploads = new Uploads();
    const bytes: ByteSource = { size: BYTES.length, open: (range) => BLOB.bytes.open(range) };
    await (await uploads.open()).upload({ ...BLOB, bytes }, { chunkSize: 30_000 });
    expect(uploads.stored.equals(BYTES)).toBe(true);
  });
});

describe('a mount', () => {
  it('says whether the registry took the blob over', async () => {
    const uploads = new Uploads();
    uploads.interfere = ({ url }, _request, response) => {
      const isTaken = url.includes('from=c%2Fd');
      if (isTaken) response.writeHead(201).end();
      return isTaken;
    };
    const uploader = await uploads.open();
    expect(await uploader.mount(BLOB.digest, 'c/d')).toBe(true);
    expect(await uploader.mount(BLOB.digest, 'e/f')).toBe(false);
    // The upload that was begun in its place is ended.
    expect(uploads.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
  });
});

const FAST = { attempts: 4, firstDelay: 1, longestDelay: 10 };
