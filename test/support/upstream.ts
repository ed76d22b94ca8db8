import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Upstream {
  /** `127.0.0.1:40123` */
  readonly host: string;
  readonly url: string;
  /** Every request it got, oldest first. */
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as the test says: what a proxy or client is pointed at. */
export async function startUpstream(
  answer: RequestListener,
  address = '127.0.0.1',
): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await listen(server, address);
  const host = `${address}:${portOf(server)}`;
  return { host, url: `http://${host}`, requests, close: () => closeServer(server) };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve) => void server.listen(0, address, resolve));
}
