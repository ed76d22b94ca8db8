import type { JsonValue } from '../../base/errors';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { Fields } from '../../oci/json';
import { basicAuthorization, type Credential } from './credential';
import { RegistryError } from '../errors';
import { refusal } from '../http/refusal';
import { parseReply, readBody } from '../http/reply-body';
import type { Answer, HttpRequest, Transport } from '../http/transport';

/** What a token server gave. */
export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** What is to be used in the place of the password from now on. */
  readonly identityToken?: string;
}

/** What is asked of a token server. https://distribution.github.io/distribution/spec/auth/token/ */
export interface TokenRequest extends AbortOptions {
  /** Checked by the caller. */
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** Undefined asks for what anybody may do. */
  readonly credential: Credential | undefined;
  readonly now: () => number;
  /** Asks for an identity token as well, which some registries give in the place of a password. */
  readonly wantsIdentity?: boolean;
}

/** What the specification says of a token without `expires_in`, and the least that it may say. */
const DEFAULT_LIFE_SECONDS = 60;
const CLIENT_ID = 'drydock';

/** Gets a token. Rejects with `unauthorized`, `denied`, `rate-limited`, `bad-token`, or as the transport does. */
export async function requestToken(transport: Transport, request: TokenRequest): Promise<Token> {
  const askedAt = request.now();
  const { response } = await askForToken(transport, request);
  const host = request.realm.host;
  if (!response.ok) throw await refusal(response, host);
  const what = 'the token';
  const maxBytes = LIMITS.tokenBytes;
  const bytes = await readBody(response, {
    what: `The token of ${host}`,
    maxBytes,
    signal: request.signal,
  });
  return parseToken(parseReply(bytes, { host, what, maxBytes }), host, askedAt);
}

/** An identity token is exchanged by POST; a server that has no such way is asked as any other. */
async function askForToken(transport: Transport, request: TokenRequest): Promise<Answer> {
  const { credential } = request;
  if (credential?.kind !== 'identity-token') return transport.send(tokenGet(request));
  const answer = await transport.send(tokenPost(request, credential.token));
  const hasNoPost = answer.response.status === 404 || answer.response.status === 405;
  return hasNoPost ? transport.send(tokenGet(request)) : answer;
}

function tokenGet(request: TokenRequest): HttpRequest {
  const { realm, service, scopes, credential, wantsIdentity, signal } = request;
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (wantsIdentity) {
    url.searchParams.set('offline_token', 'true');
    url.searchParams.set('client_id', CLIENT_ID);
  }
  // The name alone: the password goes into a header, which no log of addresses has.
  if (credential?.kind === 'password') url.searchParams.set('account', credential.username);
  const headers = credential ? { authorization: basicAuthorization(credential) } : {};
  return { method: 'GET', url: url.href, headers, signal };
}

function tokenPost(
  { realm, service, scopes, signal }: TokenRequest,
  identityToken: string,
): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID });
  if (service !== undefined) form.set('service', service);
  form.set('scope', scopes.join(' '));
  form.set('refresh_token', identityToken);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm.href, headers, body: form.toString(), signal };
}

function parseToken(json: JsonValue, host: string, askedAt: number): Token {
  const fields = new Fields(json, `The token of ${host}`);
  const value = fields.optionalString('token') || fields.optionalString('access_token') || '';
  // It goes into a header as it is.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw badToken(
      host,
      value === '' ? 'its reply holds no token' : 'the token is none that can be sent',
    );
  }
  const life = fields.raw('expires_in');
  const seconds =
    typeof life === 'number' && life > DEFAULT_LIFE_SECONDS ? life : DEFAULT_LIFE_SECONDS;
  const identityToken = fields.optionalString('refresh_token');
  return {
    value,
    expiresAt: askedAt + seconds * 1000,
    ...(identityToken ? { identityToken } : {}),
  };
}

function badToken(host: string, problem: string): RegistryError {
  return new RegistryError('bad-token', `The token server ${host} answered wrongly: ${problem}.`, {
    detail: { host },
  });
}
