import type { JsonValue } from '../../base/errors';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { refusal } from './refusal';
import { parseReply, readBody } from './reply-body';
import type { Transport } from './transport';

export interface JsonRequest extends AbortOptions {
  /** Absolute. */
  readonly url: string;
  /** What is asked for, in a sentence: `the search`. */
  readonly what: string;
}

/** Asks a server that is no registry for JSON. Rejects as `Transport.send` does, and as a registry's refusals do. */
export async function fetchJson(
  transport: Transport,
  { url, what, signal }: JsonRequest,
): Promise<JsonValue> {
  const { host } = new URL(url);
  const headers = { accept: 'application/json' };
  const { response } = await transport.send({ method: 'GET', url, headers, signal });
  if (!response.ok) throw await refusal(response, host);
  const maxBytes = LIMITS.manifestBytes;
  const bytes = await readBody(response, { what: `${what} of ${host}`, maxBytes, signal });
  return parseReply(bytes, { host, what, maxBytes });
}
