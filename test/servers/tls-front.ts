/**
 * A server that speaks TLS in front of one that does not, as a reverse proxy does, under a certificate that it signed itself: a browser
 * has to be told to take it (`ignoresCertificates` of openApp).
 *
 *     const front = await startTlsFront(`http://127.0.0.1:${port}`);
 *     front.url                                          // https://127.0.0.1:40123/
 */
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import { pipeline } from 'node:stream';
import { closeServer, portOf } from '../support/upstream';
import { newKey } from './new-key';

export interface TlsFront {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTlsFront(target: string): Promise<TlsFront> {
  const { key, certificate } = newKey('127.0.0.1');
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const { method, headers, url = '/' } = request;
    const onward = ask(new URL(url, target), { method, headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers);
      pipeline(upstream, response, () => undefined);
    });
    pipeline(request, onward, () => undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `https://127.0.0.1:${portOf(server)}/`, stop: () => closeServer(server) };
}
