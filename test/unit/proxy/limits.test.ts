import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNodeFetch } from '../../../src/proxy/node-fetch';
import type { ProxyLimits } from '../../../src/proxy/options';
import { createProxy } from '../../../src/proxy/proxy';
import { startUpstream, type Upstream } from '../../support/upstream';

async function upstream(...[answer]: Parameters<typeof startUpstream>): Promise<Upstream> {
  const server = await startUpstream(answer);
  onTestFinished(() => server.close());
  return server;
}

type Ask = (init?: RequestInit) => Promise<Response>;

/** Asks a proxy with these limits for one server, without a socket in between. */
function askWith(limits: Partial<ProxyLimits>, registry: Upstream): Ask {
  const allow = [registry.url];
  const proxy = createProxy({ fetch: createNodeFetch(), allow, origins: [], limits });
  return async (init = {}) =>
    proxy.request(`http://localhost/proxy/${registry.url}/`, {
      ...init,
      headers: { host: 'localhost', ...Object.fromEntries(new Headers(init.headers)) },
    });
}

/** A body without a length, in pieces. */
function pieces(count: number, ofBytes: number, everyMs = 0): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (everyMs > 0) await sleep(everyMs);
      if (sent++ === count) controller.close();
      else controller.enqueue(new Uint8Array(ofBytes));
    },
  });
}

const put = (body: BodyInit): RequestInit => ({
  ...{ method: 'PUT', body, duplex: 'half' },
});

describe('the limits of the proxy', () => {
  it('end an answer that stands still', async () => {
    const registry = await upstream((_, response) => void response.write('begun'));
    const answer = await askWith({ idleMs: 100 }, registry)();
    await expect(answer.text()).rejects.toThrow('sent nothing for 0.1 s');
  });

  it('let an answer be slow, and a page that takes its time', async () => {
    const slow = await upstream((_, response) => {
      let left = 5;
      const timer = setInterval(() => {
        response.write('x');
        if (--left > 0) return;
        clearInterval(timer);
        response.end();
      }, 60);
    });
    const answer = await askWith({ idleMs: 150 }, slow)();
    await sleep(400);
    expect(await answer.text()).toBe('xxxxx');
    const steady = await askWith({ idleMs: 150 }, slow)();
    expect(await steady.text()).toBe('xxxxx');
  });

  it('answer 504 where not even headers come, and leave the registry', async () => {
    let closed = false;
    const registry = await upstream((_, response) => response.on('close', () => (closed = true)));
    const answer = await askWith({ idleMs: 100 }, registry)();
    expect(answer.status).toBe(504);
    await expect.poll(() => closed).toBe(true);
  });

  it('end an answer that is too large, whether it says so or not', async () => {
    const registry = await upstream((_, response) => {
      response.write(randomBytes(2_500));
      response.end(randomBytes(2_500));
    });
    const unknown = await askWith({ bodyBytes: 4000 }, registry)();
    await expect(unknown.bytes()).rejects.toThrow('larger than 4000 bytes');
    const exact = await askWith({ bodyBytes: 5000 }, registry)();
    expect((await exact.bytes()).length).toBe(5000);
    const saying = await upstream((_, response) => response.end(randomBytes(5_000)));
    const known = await askWith({ bodyBytes: 4000 }, saying)();
    expect([known.status, await known.text()]).toEqual([
      502,
      'The answer is larger than 4000 bytes.\n',
    ]);
  });

  it('refuse an upload that is too large, whether it says so or not', async () => {
    let bytes = 0;
    const registry = await upstream((request, response) => {
      request.on('data', (part: Buffer) => (bytes += part.length));
      request.on('end', () => response.end('taken'));
    });
    const ask = askWith({ bodyBytes: 4000 }, registry);
    const known = await ask({
      ...put(randomBytes(5000)),
      headers: { 'content-length': '5000' },
    });
    expect([known.status, bytes]).toEqual([413, 0]);
    const unknown = await ask(put(pieces(5, 1000)));
    expect([unknown.status, await unknown.text()]).toEqual([
      413,
      'The body is larger than 4000 bytes.\n',
    ]);
    expect(await (await ask(put(pieces(4, 1000)))).text()).toBe('taken');
  });

  it('end an upload that stands still, not one that is slow', async () => {
    const registry = await upstream((request, response) => {
      request.resume().on('end', () => response.end('taken'));
    });
    const ask = askWith({ idleMs: 10, uploadIdleMs: 200 }, registry);
    expect((await ask(put(pieces(6, 10, 80)))).status).toBe(200);
    expect((await ask(put(pieces(3, 10, 800)))).status).toBe(504);
  });

  it('answer 503 to one request too many, and take the next when one has ended', async () => {
    const registry = await upstream((_, response) => void response.write('begun'));
    const ask = askWith({ requests: 1 }, registry);
    const first = await ask();
    const second = await ask();
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    await first.body?.cancel();
    const third = await ask();
    expect(third.status).toBe(200);
    await third.body?.cancel();
  });

  it('count a request until it has ended, however it ends', async () => {
    const registry = await upstream(({ method }, response) => {
      if (method === 'HEAD') response.end();
      else if (method === 'DELETE') response.writeHead(204).end();
      else if (method === 'POST') response.destroy();
      else if (method === 'PUT') response.writeHead(307, { Location: '/' }).end();
      else if (method === 'PATCH') response.writeHead(302, { Location: 'ftp://x' }).end();
      else response.end('answer');
    });
    const ask = askWith({ requests: 1 }, registry);
    for (const [method, status] of [
      ['HEAD', 200],
      ['DELETE', 204],
      ['POST', 502],
      ['PUT', 502],
      ['PATCH', 502],
      ['GET', 200],
      ['GET', 200],
    ] as const) {
      const answer = await ask({ method });
      expect([method, answer.status]).toEqual([method, status]);
      await answer.text();
    }
  });
});
