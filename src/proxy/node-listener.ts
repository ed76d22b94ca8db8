import type { RequestListener, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';

type FetchHandler = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

/** A `fetch` handler as a listener of Node's server. */
export function nodeListener(handler: FetchHandler): RequestListener {
  const listener = getRequestListener(
    async (request, bindings) => {
      const response = await handler(request, bindings as HttpBindings);
      if (!response.body) return response;
      await sendBody(response, response.body, bindings.outgoing as ServerResponse);
      return RESPONSE_ALREADY_SENT;
    },
    { overrideGlobalObjects: false },
  );
  return (request, response) => void listener(request, response);
}

/**
 * Writes a body as fast as the connection takes it. One that fails ends the connection, which is how HTTP says that it is not whole:
 * hono's own way would print the error, and add its text to the bytes.
 */
async function sendBody(
  { status, headers }: Response,
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
): Promise<void> {
  const reader = body.getReader();
  let wake = (): void => undefined;
  outgoing.on('drain', () => wake());
  outgoing.once('close', () => {
    wake();
    void reader.cancel().catch(() => undefined);
  });
  const drained = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  try {
    outgoing.writeHead(status, [...headers].flat());
    for (;;) {
      const { done, value } = await reader.read();
      if (done || outgoing.destroyed) break;
      if (!outgoing.write(value)) await drained();
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}
