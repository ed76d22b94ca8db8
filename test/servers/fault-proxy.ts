/**
 * A proxy that stands in front of a registry, a blob host or a token server under its own address, passes everything on, and does to
 * some answers what networks and servers do: see Fault in faults.ts. It counts what it passes on, per request and per blob.
 *
 *     const faults = await startFaultProxy(registry.url, seededFaults(seed));
 *     const faults = await startFaultProxy(registry.url, ({ path, earlier }) =>
 *       path.includes('/blobs/') && earlier === 0 ? { kind: 'cut', after: 2 << 20 } : undefined);
 *     … pull faults.host/name:tag …
 *     expect(faults.fetchedAgain()).toEqual([]);       // no blob was fetched again from its start that had ≥ 1 MiB
 *     faults.exchanges                                  // every request, its answer and bytes
 *
 * The Host of a request is passed on as it came, so a registry's Location leads back here. A plan is changed by `faults.plan = …`.
 */
import { once } from 'node:events';
import { Agent, request as ask } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startUpstream } from '../support/upstream';
import type { Fault, FaultPlan } from './faults';

const MEBIBYTE = 1 << 20;
const PIECE = 64 * 1024;
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** One request and what became of it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** The hexadecimal digest in the path; undefined for what is no blob or manifest by digest. */
  readonly digest: string | undefined;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  /** 0 until there is an answer. */
  readonly status: number;
  /** Bytes of the body that went to the client. */
  readonly bytes: number;
  /** Bytes of the request's body that went to the server. */
  readonly sent: number;
  readonly fault: Fault | undefined;
}

export interface FaultProxy {
  readonly host: string;
  readonly url: string;
  plan: FaultPlan;
  /** Oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Bytes of bodies that went to clients, of one blob or of everything. */
  bytesOf(digest?: string): number;
  /** Digests that were asked for from their start once more after that many bytes of them, or more, had been passed on intact. */
  fetchedAgain(having?: number): string[];
  stop(): Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Starts a fault proxy in front of the server at an origin. */
export async function startFaultProxy(
  target: string,
  plan: FaultPlan = () => undefined,
): Promise<FaultProxy> {
  const exchanges: Mutable<Exchange>[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = await startUpstream((request, response) => {
    const exchange = begin(request, exchanges, proxy.plan);
    exchanges.push(exchange);
    void pass(target, agent, { request, response, exchange }).catch(() => response.destroy());
  });
  const { host, url } = server;
  const proxy: FaultProxy = {
    ...{ host, url, plan, exchanges },
    bytesOf: (digest) =>
      exchanges
        .filter(
          (exchange) => digest === undefined || exchange.digest === digest.replace(/^.*:/, ''),
        )
        .reduce((sum, { bytes }) => sum + bytes, 0),
    fetchedAgain: (having = MEBIBYTE) => fetchedAgain(exchanges, having),
    stop: async () => {
      agent.destroy();
      await server.close();
    },
  };
  return proxy;
}

function begin(
  { method = '', url = '', headers }: IncomingMessage,
  exchanges: readonly Exchange[],
  plan: FaultPlan,
): Mutable<Exchange> {
  const earlier = exchanges.filter(({ path }) => path === url).length;
  return {
    method,
    path: url,
    digest: /[0-9a-f]{64}/.exec(url)?.[0],
    range: headers.range,
    authorization: headers.authorization,
    status: 0,
    bytes: 0,
    sent: 0,
    fault: plan({ method, path: url, headers, number: exchanges.length, earlier }),
  };
}

function fetchedAgain(exchanges: readonly Exchange[], having: number): string[] {
  const most = new Map<string, number>();
  const again = new Set<string>();
  for (const { method, digest, range, status, bytes, fault } of exchanges) {
    if (method !== 'GET' || digest === undefined || (status !== 200 && status !== 206)) continue;
    const start = status === 206 ? Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
    if (start === 0 && (most.get(digest) ?? 0) >= having) again.add(digest);
    // What was corrupted has to be fetched again.
    if (fault?.kind === 'corrupt') most.delete(digest);
    else most.set(digest, Math.max(most.get(digest) ?? 0, start + bytes));
  }
  return [...again];
}

interface Passing {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly exchange: Mutable<Exchange>;
}

async function pass(target: string, agent: Agent, passing: Passing): Promise<void> {
  const { request, response, exchange } = passing;
  const { fault } = exchange;
  if (fault?.kind === 'delay') await sleep(fault.ms);
  if (fault?.kind === 'status') {
    exchange.status = fault.status;
    response.writeHead(fault.status, { 'Content-Type': 'text/plain', ...fault.headers });
    request.resume();
    return void response.end(fault.body ?? '');
  }
  const headers = { ...request.headers };
  if (fault?.kind === 'no range') delete headers.range;
  const onward = ask(new URL(exchange.path, target), { method: exchange.method, headers, agent });
  // A server may answer, and close, before it has taken the whole upload.
  void pipeline(request, (body) => uploaded(body as AsyncIterable<Buffer>, passing), onward).catch(
    () => undefined,
  );
  const [upstream] = (await once(onward, 'response')) as [IncomingMessage];
  await answer(upstream, passing);
}

async function answer(upstream: IncomingMessage, passing: Passing): Promise<void> {
  const { response, exchange } = passing;
  const { fault } = exchange;
  if (fault?.kind === 'no answer') return void response.destroy();
  const overridden = fault?.kind === 'headers' ? fault.headers : {};
  const headers = { ...endToEnd(upstream.headers), ...overridden };
  exchange.status = upstream.statusCode ?? 0;
  if (fault?.kind === 'endless') delete headers['content-length'];
  if (fault?.kind === 'length' && exchange.method !== 'HEAD') {
    const length = Number(headers['content-length'] ?? 0) + fault.by;
    headers['content-length'] = String(Math.max(0, length));
    // The connection's end is the only end that such a body has.
    response.shouldKeepAlive = false;
  }
  response.writeHead(exchange.status, headers);
  if (exchange.method === 'HEAD') return void response.end();
  await pipeline(upstream, (body) => faulty(body as AsyncIterable<Buffer>, passing), response);
}

/** The body of a request as it goes on to the server. */
async function* uploaded(
  body: AsyncIterable<Buffer>,
  { response, exchange }: Passing,
): AsyncGenerator<Buffer> {
  const { fault } = exchange;
  for await (const chunk of body) {
    const isCut = fault?.kind === 'cut upload' && exchange.sent + chunk.length >= fault.after;
    const passed = isCut ? chunk.subarray(0, fault.after - exchange.sent) : chunk;
    exchange.sent += passed.length;
    yield passed;
    if (!isCut) continue;
    response.destroy();
    throw new Error('cut');
  }
}

/** The headers of an answer that are not about the connection it came by. */
function endToEnd(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

/** The body with its fault. */
async function* faulty(
  body: AsyncIterable<Buffer>,
  { response, exchange }: Passing,
): AsyncGenerator<Buffer> {
  const { fault } = exchange;
  const began = performance.now();
  for await (const chunk of body) {
    for (const piece of piecesOf(chunk, exchange)) {
      if (fault?.kind === 'throttle') {
        const due = began + ((exchange.bytes + piece.length) / fault.bytesPerSecond) * 1000;
        if (due > performance.now()) await sleep(due - performance.now());
      }
      exchange.bytes += piece.length;
      yield piece;
    }
    if ((fault?.kind === 'cut' || fault?.kind === 'stall') && exchange.bytes >= fault.after) {
      await interrupt(fault, response);
    }
  }
  while (fault?.kind === 'endless') {
    exchange.bytes += PIECE;
    yield Buffer.alloc(PIECE, 'a');
  }
}

/** A chunk of the body as the fault has it pass, `exchange.bytes` having passed before. */
function piecesOf(chunk: Buffer, { fault, bytes }: Exchange): Buffer[] {
  switch (fault?.kind) {
    case 'cut':
    case 'stall':
      return [chunk.subarray(0, Math.max(0, fault.after - bytes))];
    case 'corrupt': {
      const at = fault.at - bytes;
      if (at < 0 || at >= chunk.length) return [chunk];
      const corrupt = Buffer.from(chunk);
      corrupt.writeUInt8(corrupt.readUInt8(at) ^ 1, at);
      return [corrupt];
    }
    case 'throttle':
      return Array.from({ length: Math.ceil(chunk.length / PIECE) }, (_, n) =>
        chunk.subarray(n * PIECE, (n + 1) * PIECE),
      );
    default:
      return [chunk];
  }
}

async function interrupt(
  fault: Extract<Fault, { kind: 'cut' | 'stall' }>,
  response: ServerResponse,
): Promise<void> {
  if (fault.kind === 'stall') {
    await once(response, 'close');
    return;
  }
  // What was passed on is to reach the client first.
  await sleep(20);
  if (fault.reset) response.socket?.resetAndDestroy();
  throw new Error('cut');
}
