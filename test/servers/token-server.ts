/**
 * A token server as registries use it (https://distribution.github.io/distribution/spec/auth/token/): it signs JWTs with a key made at
 * its start, and a registry that is given its certificate verifies them.
 *
 *     const tokens = await startTokenServer();          // TOKEN_USER may pull and push, everyone may pull what is under `public/`, `library/`
 *     const registry = await startRegistry({ auth: tokens });
 *     tokens.requests                                    // who asked, for which service and scopes
 *     await startTokenServer({ reply: 'html' })          // … or another lie: see TokenReply
 */
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startUpstream } from '../support/upstream';
import { newKey } from './new-key';

export const TOKEN_USER = { name: 'ada', password: 'correct horse' };
const ISSUER = 'drydock test tokens';
/** What it gives in the place of a password, where it speaks OAuth 2. */
export const REFRESH_TOKEN = 'a refresh token';

/**
 * How it answers: both names of the token, either alone, no `expires_in`, a token that has ended, one signed for another service, and
 * what is no answer at all.
 */
export type TokenReply =
  | 'both'
  | 'token'
  | 'access_token'
  | 'no expiry'
  | 'expired'
  | 'other service'
  | 'html'
  | 'empty'
  | 'not json'
  | 'endless'
  | { readonly status: number };

export interface TokenOptions {
  readonly reply?: TokenReply;
  /** Seconds that a token is good for: 300. */
  readonly expiresIn?: number;
  /** True to answer POST too, as OAuth 2: else it is 404, and only GET gives a token. */
  readonly oauth?: boolean;
  /** Where clients are told to ask, when that is not this server itself: a fault proxy in front of it. */
  readonly realm?: string;
}

export interface TokenRequest {
  readonly method: string;
  readonly service: string;
  readonly scopes: readonly string[];
  /** It asked for a refresh token, too. */
  readonly isOffline: boolean;
  /** The user whose password was right; undefined for an anonymous request. */
  readonly user: string | undefined;
  /** The header as it came. */
  readonly authorization: string | undefined;
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM: what a registry verifies tokens with. */
  readonly certificate: string;
  /** Every request it got, oldest first. */
  readonly requests: readonly TokenRequest[];
  stop(): Promise<void>;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Starts a token server with a new key. */
export async function startTokenServer(options: TokenOptions = {}): Promise<TokenServer> {
  const { key, certificate } = newKey('drydock test tokens');
  const service = 'registry.drydock.test';
  const requests: TokenRequest[] = [];
  const signer = new TokenSigner(key, certificate, options);
  const server = await startUpstream((request, response) => {
    void readTokenRequest(request).then((asked) => {
      requests.push(asked);
      answer(asked, response, signer, options);
    });
  });
  const realm = options.realm ?? `${server.url}/token`;
  return { realm, service, issuer: ISSUER, certificate, requests, stop: () => server.close() };
}

class TokenSigner {
  readonly #key;
  readonly #header: string;
  readonly #expiresIn: number;

  constructor(key: string, certificate: string, { expiresIn = 300 }: TokenOptions) {
    this.#key = createPrivateKey(key);
    this.#expiresIn = expiresIn;
    const x5c = [new X509Certificate(certificate).raw.toString('base64')];
    this.#header = base64url({ typ: 'JWT', alg: 'RS256', x5c });
  }

  get expiresIn(): number {
    return this.#expiresIn;
  }

  /** A signed token; with `age` seconds of its time gone. */
  token(audience: string, user: string, access: readonly Access[], age = 0): string {
    const now = Math.floor(Date.now() / 1000) - age;
    const payload = base64url({
      iss: ISSUER,
      sub: user,
      aud: audience,
      // A clock that is a little behind must not refuse it.
      ...{ nbf: now - 10, iat: now, exp: now + this.#expiresIn, jti: randomUUID() },
      access,
    });
    const signed = `${this.#header}.${payload}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#key).toString('base64url')}`;
  }
}

async function readTokenRequest(request: IncomingMessage): Promise<TokenRequest> {
  const { method = 'GET', url = '/' } = request;
  const body = method === 'POST' ? await text(request) : '';
  const fields =
    method === 'POST' ? new URLSearchParams(body) : new URL(url, 'http://-').searchParams;
  const { authorization } = request.headers;
  return {
    method,
    service: fields.get('service') ?? '',
    scopes: fields
      .getAll('scope')
      .flatMap((scope) => scope.split(' '))
      .filter(Boolean),
    isOffline: fields.get('offline_token') === 'true',
    user: method === 'POST' ? userOfForm(fields) : userOfBasic(authorization),
    authorization: authorization ?? fields.get('password') ?? undefined,
  };
}

function userOfBasic(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const { name, password } = TOKEN_USER;
  const right = [`${name}:${password}`, `<token>:${REFRESH_TOKEN}`].map(
    (text) => `Basic ${Buffer.from(text).toString('base64')}`,
  );
  return right.includes(authorization) ? name : '';
}

function userOfForm(fields: URLSearchParams): string {
  const byPassword =
    fields.get('username') === TOKEN_USER.name && fields.get('password') === TOKEN_USER.password;
  return byPassword || fields.get('refresh_token') === REFRESH_TOKEN ? TOKEN_USER.name : '';
}

function answer(
  asked: TokenRequest,
  response: ServerResponse,
  signer: TokenSigner,
  { reply = 'both', oauth = false }: TokenOptions,
): void {
  const say = (status: number, body: string, type = 'application/json'): void =>
    void response.writeHead(status, { 'Content-Type': type }).end(body);
  if (asked.method === 'POST' && !oauth) say(404, '{"details":"not found"}');
  // A password that is wrong is told at once, as Docker Hub does.
  else if (asked.user === '') say(401, '{"details":"incorrect username or password"}');
  else if (typeof reply === 'object') say(reply.status, '{"details":"no token today"}');
  else if (reply === 'html') say(200, '<!doctype html><title>Sign in</title>', 'text/html');
  else if (reply === 'not json') say(200, '{"token":');
  else if (reply === 'empty') say(200, '{}');
  else if (reply === 'endless') endless(response);
  else say(200, JSON.stringify(tokenDocument(asked, { reply, oauth }, signer)));
}

function tokenDocument(
  asked: TokenRequest,
  { reply, oauth }: Required<Pick<TokenOptions, 'reply' | 'oauth'>>,
  signer: TokenSigner,
): object {
  const age = reply === 'expired' ? signer.expiresIn + 3600 : 0;
  const service = reply === 'other service' ? 'another' : asked.service;
  const token = signer.token(service, asked.user ?? '', asked.scopes.flatMap(granted(asked)), age);
  return {
    ...(reply === 'access_token' ? {} : { token }),
    ...(reply === 'token' ? {} : { access_token: token }),
    ...(reply === 'no expiry' ? {} : { expires_in: signer.expiresIn }),
    issued_at: new Date().toISOString(),
    ...(asked.method === 'POST' || (oauth && asked.isOffline)
      ? { refresh_token: REFRESH_TOKEN }
      : {}),
  };
}

/** What of a scope is granted: everything to who gave a password, pulling of `public/…` and `library/…` to all. */
function granted({ user }: TokenRequest): (scope: string) => Access[] {
  return (scope) => {
    const [type = '', name = '', asked = ''] = scope.split(':');
    const may = (action: string): boolean =>
      user !== undefined || (action === 'pull' && /^(?:public|library)\//.test(name));
    const actions = asked.split(',').filter(may);
    return actions.length > 0 ? [{ type, name, actions }] : [];
  };
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{"token":"');
  const more = (): void => {
    while (!response.destroyed && response.write('a'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
