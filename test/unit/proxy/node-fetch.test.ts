import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNodeFetch } from '../../../src/proxy/node-fetch';
import type { UpstreamRequest } from '../../../src/proxy/options';
import { createProxy } from '../../../src/proxy/proxy';
import { reasonOf } from '../../../src/proxy/unreachable';
import { startUpstream } from '../../support/upstream';

const nodeFetch = createNodeFetch();

function requestOf(url: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    ...{ url: new URL(url), method: 'GET', headers: new Headers(), body: null },
    ...{ signal: AbortSignal.timeout(5000), listed: false, ...more },
  };
}

describe('the Node entry’s fetch', () => {
  it.each([
    'https://localhost/',
    'https://[::1]/',
    'https://127.0.0.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/',
  ])('refuses %s, as resolved for the very connection', async (url) => {
    // A name is resolved and checked by what connects to it: no other answer can come in between.
    await expect(nodeFetch(requestOf(url))).rejects.toThrow('its address is not a public one');
  });

  it('resolves a name once, and connects to the address that was checked, whatever the name would be next', async () => {
    const inside = await startUpstream((_, response) => response.end('secret'));
    onTestFinished(() => inside.close());
    // Of no network: nobody is connected to.
    const outside = { address: '2fff::1', family: 6 };
    const answers = [[outside], [{ address: '127.0.0.1', family: 4 }]];
    const asked: string[] = [];
    const connected: unknown[] = [];
    const watch = (message: unknown): void => {
      (message as { socket: Socket }).socket.on('lookup', (_error, address) =>
        connected.push(address),
      );
    };
    subscribe('net.client.socket', watch);
    onTestFinished(() => void unsubscribe('net.client.socket', watch));
    const rebound = createNodeFetch((hostname) => {
      asked.push(hostname);
      return Promise.resolve(answers.shift() ?? []);
    });
    const url = inside.url.replace('127.0.0.1', 'rebound.example');
    const signal = AbortSignal.timeout(1000);
    await expect(rebound(requestOf(url, { signal }))).rejects.toThrow();
    expect([asked, connected]).toEqual([['rebound.example'], [outside.address]]);
    await expect(rebound(requestOf(url))).rejects.toThrow('its address is not a public one');
    expect(asked.length).toBe(2);
    expect(inside.requests).toEqual([]);
  });

  it('refuses a redirect to a name of a blob host that resolves to this machine', async () => {
    const registry = await startUpstream((_, response) =>
      response.writeHead(307, { Location: 'https://d1.cloudfront.net/secret' }).end(),
    );
    onTestFinished(() => registry.close());
    const asked: string[] = [];
    const proxy = createProxy({
      fetch: createNodeFetch((hostname) => {
        asked.push(hostname);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      }),
      allow: [registry.url],
      origins: [],
    });
    const headers = { host: 'localhost' };
    const answer = await proxy.request(`http://localhost/proxy/${registry.url}/`, { headers });
    expect([answer.status, await answer.text()]).toEqual([
      403,
      'The proxy does not reach d1.cloudfront.net: its address is not a public one.\n',
    ]);
    expect([asked, registry.requests.length]).toEqual([['d1.cloudfront.net'], 1]);
  });

  it('connects to a private address where the host is listed', async () => {
    const server = await startUpstream((_, response) => response.end('ok'));
    onTestFinished(() => server.close());
    const url = server.url.replace('127.0.0.1', 'localhost');
    const { status, body } = await nodeFetch(requestOf(url, { listed: true }));
    expect([status, await new Response(body).text()]).toEqual([200, 'ok']);
  });

  it('uses a connection again after a redirect that brought a body', async () => {
    const sockets = new Set<Socket>();
    const server = await startUpstream((request, response) => {
      sockets.add(request.socket);
      response.writeHead(307, { Location: '/' }).end('<a href="/">moved</a>');
    });
    onTestFinished(() => server.close());
    for (let n = 0; n < 5; n++) {
      const { body } = await nodeFetch(requestOf(server.url, { listed: true }));
      await body?.cancel();
    }
    // The first may still be about to end when the second is sent.
    expect(sockets.size).toBeLessThan(3);
  });

  it('leaves a body that is cancelled, and outlives the error of one that nobody reads', async () => {
    let closed = 0;
    const server = await startUpstream(({ url }, response) => {
      response.on('close', () => closed++);
      response.write(Buffer.alloc(100_000), () => {
        if (url === '/cut') response.destroy();
      });
    });
    onTestFinished(() => server.close());
    const aborting = new AbortController();
    const { signal } = aborting;
    await nodeFetch(requestOf(`${server.url}/cut`, { listed: true }));
    await expect.poll(() => closed).toBe(1);
    await nodeFetch(requestOf(server.url, { listed: true, signal }));
    aborting.abort();
    await expect.poll(() => closed).toBe(2);
  });

  it('passes header values on byte for byte', async () => {
    const server = createServer((socket) => {
      socket.end(
        'HTTP/1.1 200 OK\r\nWarning: 299 - "gr\xfc\xdfe"\r\nContent-Length: 0\r\n\r\n',
        'latin1',
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const url = `http://127.0.0.1:${port}/`;
    const { headers } = await nodeFetch(requestOf(url, { listed: true }));
    expect(headers.get('warning')).toBe('299 - "gr\xfc\xdfe"');
  });
});

describe('why a host is not reached', () => {
  it('is said for a server that speaks no TLS', async () => {
    const server = await startUpstream((_, response) => response.end());
    onTestFinished(() => server.close());
    const url = server.url.replace('http:', 'https:');
    await expect(nodeFetch(requestOf(url, { listed: true }))).rejects.toThrow(
      `The proxy cannot reach ${server.host}: it does not speak TLS`,
    );
  });

  it('is said for one that is not there, and for one that hangs up', async () => {
    const server = await startUpstream((_, response) => void response.destroy());
    const request = requestOf(server.url, { listed: true });
    await expect(nodeFetch(request)).rejects.toThrow('it closed the connection.');
    await server.close();
    await expect(nodeFetch(request)).rejects.toThrow('it refuses the connection.');
  });

  it('is found in what an error carries', () => {
    const inner = Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' });
    expect(reasonOf(new Error('y', { cause: inner }))).toBe('its certificate has expired');
    expect(reasonOf(new AggregateError([inner]))).toBe('its certificate has expired');
    expect(reasonOf(new Error('z'))).toBeUndefined();
    expect(reasonOf('text')).toBeUndefined();
  });
});
