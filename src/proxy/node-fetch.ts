import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, fetch } from 'undici';
import type { UpstreamFetch } from './options';
import { isPublicAddress } from './public-address';
import { Refusal } from './refusal';

/** Resolves, checks, and connects to the very address that was checked: a name that answers differently the second time gains nothing. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
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

/** The Node entry's way to a registry: private addresses only where the operator listed the host. */
export function createNodeFetch(): UpstreamFetch {
  const timeouts = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 20_000 } };
  const listedAgent = new Agent(timeouts);
  const publicAgent = new Agent({
    ...timeouts,
    connect: { timeout: 20_000, lookup: checkedLookup },
  });
  return async ({ url, method, headers, body, signal, listed }) => {
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (!listed && isIP(literal) !== 0 && !isPublicAddress(literal)) {
      throw new Refusal(403, privateAddress(url.hostname));
    }
    try {
      const response = await fetch(url, {
        method,
        headers: [...headers],
        body,
        signal,
        redirect: 'manual',
        dispatcher: listed ? listedAgent : publicAgent,
        ...(body ? { duplex: 'half' as const } : {}),
      });
      return response as unknown as Response;
    } catch (error) {
      throw refusalIn(error) ?? error;
    }
  };
}

/** The refusal that a failed connection carries as its cause. */
function refusalIn(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : undefined;
}

function privateAddress(hostname: string): string {
  return `The proxy does not reach ${hostname}: its address is not a public one.`;
}
