import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False where the connection ended before the body did. */
  readonly complete: boolean;
}

export interface RawOptions {
  readonly method?: string;
  /** Every header, among them such as a browser lets no page set: Host, Origin, Cookie. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with its length; a list, in chunks without one. */
  readonly body?: Buffer | readonly Buffer[];
}

/** One request on a connection of its own, exactly as written, and all of the answer. */
export async function rawRequest(url: string, options: RawOptions = {}): Promise<RawAnswer> {
  const response = await openRequest(url, options);
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    // Told by `complete`.
  }
  const { statusCode: status = 0, headers, complete } = response;
  return { status, headers, body: Buffer.concat(parts), complete };
}

/** The answer as soon as its headers are here. Destroy it to leave. */
export function openRequest(url: string, options: RawOptions = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = options;
  const length = Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {};
  return new Promise((resolve, reject) => {
    const sending = httpRequest(url, { method, headers: { ...length, ...headers }, agent: false });
    sending.on('response', resolve).on('error', reject);
    if (body !== undefined) for (const part of [body].flat()) sending.write(part);
    sending.end();
  });
}
