import { collect } from '../../base/byte-source';
import type { JsonValue } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import { parseJson } from '../../oci/json';
import { RegistryError } from '../errors';
import { beginsAsWebPage, webPage } from './web-page';

/** Passes a body on, and ends it with an error past `maxBytes`: a server may send for ever. */
export function bounded(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  tooLarge: () => Error,
): ReadableStream<Uint8Array> {
  let total = 0;
  const check = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      total += chunk.length;
      if (total > maxBytes) throw tooLarge();
      controller.enqueue(chunk);
    },
  });
  return body.pipeThrough(check);
}

/** A reply's body whole. Rejects with `limit-exceeded` past `maxBytes`, and with `connection-lost` where it breaks off. */
export async function readBody(
  response: Response,
  { maxBytes, what, signal }: AbortOptions & { readonly maxBytes: number; readonly what: string },
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const tooLarge = (): RegistryError =>
    new RegistryError('limit-exceeded', `${what} is larger than the ${maxBytes} bytes allowed.`, {
      detail: { what, limit: maxBytes },
    });
  try {
    return await collect(bounded(response.body, maxBytes, tooLarge), { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof RegistryError) throw cause;
    throw new RegistryError('connection-lost', `${what} broke off while it was being received.`, {
      detail: { what },
      cause,
    });
  }
}

/** The first bytes of a reply as text, for an error's sentence. Never rejects. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  let text = '';
  const decoder = new TextDecoder();
  try {
    while (text.length < maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // What came is all there is to tell.
  }
  await reader.cancel().catch(() => undefined);
  return text.slice(0, maxBytes);
}

/** The JSON of a reply. A web page in its place, which many a server sends, is said to be one. */
export function parseReply(
  bytes: Uint8Array,
  {
    host,
    what,
    maxBytes,
  }: { readonly host: string; readonly what: string; readonly maxBytes: number },
): JsonValue {
  if (beginsAsWebPage(bytes)) throw webPage(host, what);
  return parseJson(bytes, { what: `${what} of ${host}`, maxBytes });
}
