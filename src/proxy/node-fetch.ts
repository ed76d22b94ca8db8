import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, request as send, type Dispatcher } from 'undici';
import type { UpstreamAnswer, UpstreamFetch } from './options';
import { isPublicAddress } from './public-address';
import { Refusal, refusalIn } from './refusal';
import { reasonOf } from './unreachable';

const CONNECTS_WITHIN_MS = 20_000;
const DUMPED_BYTES = 16 * 1024;
/** Less than the 64 KiB of one read, so that no second one waits behind it: what lies longer is freed later. */
const READ_AHEAD_BYTES = 16 * 1024;

/** All addresses of a name. */
type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
) => Promise<LookupAddress[]>;

/** Resolves, checks, and connects to the very address that was checked: a name that answers differently the second time gains nothing. */
function checkedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true })
      .then((addresses) => {
        const allowed = addresses.filter(({ address }) => isPublicAddress(address));
        const [first] = allowed;
        if (!first) throw new Refusal(403, privateAddress(hostname));
        if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), []);
      });
  };
}

/** The Node entry's way to a registry: private addresses only where the operator listed the host. */
export function createNodeFetch(resolve: Resolve = lookup): UpstreamFetch {
  // How long an answer may take is the proxy's to say, not the agent's.
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
  const connect = { timeout: CONNECTS_WITHIN_MS, highWaterMark: READ_AHEAD_BYTES };
  const listedAgent = new Agent({ ...timeouts, connect });
  const publicAgent = new Agent({
    ...timeouts,
    connect: { ...connect, lookup: checkedLookup(resolve) },
  });
  return async ({ url, method, headers, body, signal, listed }) => {
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (!listed && isIP(literal) !== 0 && !isPublicAddress(literal)) {
      throw new Refusal(403, privateAddress(url.hostname));
    }
    try {
      const answer = await send(url, {
        method,
        headers: Object.fromEntries(headers),
        body: body && Readable.from(body, { objectMode: false }),
        signal,
        highWaterMark: READ_AHEAD_BYTES,
        dispatcher: listed ? listedAgent : publicAgent,
      });
      return answerOf(answer, method);
    } catch (error) {
      throw refusalIn(error) ?? unreachable(url, error);
    }
  };
}

function answerOf(answer: Dispatcher.ResponseData, method: string): UpstreamAnswer {
  const { statusCode: status, body } = answer;
  const headers = new Headers();
  for (const [name, value = []] of Object.entries(answer.headers)) {
    for (const text of [value].flat()) headers.append(name, text);
  }
  // Whoever reads the body learns of its error; where nobody does any more, it is no reason for this server to end.
  body.on('error', () => undefined);
  if (method === 'HEAD') body.resume();
  return { status, headers, body: method === 'HEAD' ? null : webStream(body) };
}

/** Chunks as they come from the socket, each when it is asked for: Node's own adapter would queue some. */
function webStream(body: Dispatcher.ResponseData['body']): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array, undefined> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        // What little a redirect says is read to its end, so that the connection can be used again.
        await body.dump({ limit: DUMPED_BYTES }).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

function unreachable({ host }: URL, error: unknown): Error {
  const reason = reasonOf(error);
  const text = `The proxy cannot reach ${host}${reason === undefined ? '' : `: ${reason}`}.`;
  return new Refusal(502, text);
}

function privateAddress(hostname: string): string {
  return `The proxy does not reach ${hostname}: its address is not a public one.`;
}
