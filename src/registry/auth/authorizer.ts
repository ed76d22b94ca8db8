import type { AbortOptions, Clock } from '../../base/task';
import { untilAbort } from '../../base/until-abort';
import type { KnownEndpoint } from '../access';
import type { Challenge } from './challenge';
import { basicAuthorization, type Credential } from './credential';
import { RegistryError } from '../errors';
import { checkRealm, type RealmCheck } from './realm';
import { requestToken, type Token } from './token';
import type { Transport } from '../http/transport';

export interface AuthorizerParts {
  readonly transport: Transport;
  /** As a reference has it: `docker.io`. */
  readonly registry: string;
  /** What the user logged in with, as it is now. */
  readonly credential: () => Credential | undefined;
  readonly realms: RealmCheck;
  readonly now: Clock;
}

/** How long before its end a token is renewed, so that it does not end on its way; milliseconds. */
const MARGIN_MS = 5_000;

/**
 * Answers the challenges of one registry: Basic, Bearer by its token server, or nothing at all. Tokens are kept for the session, by what
 * they allow.
 */
export class Authorizer {
  readonly #parts: AuthorizerParts;
  readonly #origin: string;
  readonly #tokens: Map<string, Token>;
  readonly #realms: Set<string>;
  readonly #pending = new Map<string, Promise<Token>>();
  /** What the registry answered its first, unauthorised request with. */
  #challenges: readonly Challenge[];

  constructor(parts: AuthorizerParts, { origin, challenges, tokens, realms }: KnownEndpoint) {
    this.#parts = parts;
    this.#origin = origin;
    this.#challenges = challenges;
    this.#tokens = new Map(tokens);
    this.#realms = new Set(realms);
  }

  /** What was found out so far, for another context. */
  get known(): Omit<KnownEndpoint, 'origin'> {
    return {
      challenges: this.#challenges,
      tokens: [...this.#tokens],
      realms: [...this.#realms],
    };
  }

  /** The value of the `Authorization` header for requests that need `scopes`; undefined where the registry asked for none. */
  async authorize(
    scopes: readonly string[],
    options: AbortOptions = {},
  ): Promise<string | undefined> {
    return this.#answer(this.#challenges, scopes, options);
  }

  /**
   * After a 401: another try, with the scope that the registry asks for; undefined where it would be the same again. `refused` is what was
   * sent.
   */
  async reauthorize(
    challenges: readonly Challenge[],
    scopes: readonly string[],
    { refused, ...options }: AbortOptions & { readonly refused: string | undefined },
  ): Promise<string | undefined> {
    const offered = challenges.length > 0 ? challenges : this.#challenges;
    for (const [key, { value }] of this.#tokens) {
      if (refused === `Bearer ${value}`) this.#tokens.delete(key);
    }
    const asked = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters.get('scope');
    // Some servers heed the first scope alone: ours.
    const all = [...new Set([...scopes, ...(asked?.split(' ').filter(Boolean) ?? [])])];
    const answer = await this.#answer(offered, all, options);
    // One that leads nowhere is of this request alone: other repositories are asked as before.
    if (answer !== undefined) this.#challenges = offered;
    return answer === refused ? undefined : answer;
  }

  /** What a login is tried with: undefined where the registry asks for none. Rejects with `unauthorized` where the token server refuses. */
  async tryLogin(
    credential: Credential,
  ): Promise<{ authorization: string; identityToken?: string } | undefined> {
    const challenge = answerable(this.#challenges);
    if (!challenge) return undefined;
    if (challenge.scheme === 'basic') return { authorization: basicAuthorization(credential) };
    const { parameters } = challenge;
    const { value, identityToken } = await requestToken(this.#parts.transport, {
      realm: await this.#realm(parameters.get('realm') ?? ''),
      service: parameters.get('service'),
      scopes: [],
      credential,
      now: this.#parts.now,
      wantsIdentity: true,
    });
    return {
      authorization: `Bearer ${value}`,
      ...(identityToken === undefined ? {} : { identityToken }),
    };
  }

  /** Forgets what an earlier login allowed. */
  forget(): void {
    this.#tokens.clear();
    this.#pending.clear();
  }

  async #answer(
    challenges: readonly Challenge[],
    scopes: readonly string[],
    options: AbortOptions,
  ): Promise<string | undefined> {
    const challenge = answerable(challenges);
    if (challenge?.scheme === 'bearer') {
      return `Bearer ${(await this.#token(challenge, scopes, options)).value}`;
    }
    const credential = this.#parts.credential();
    return challenge && credential ? basicAuthorization(credential) : undefined;
  }

  async #token(
    { parameters }: Challenge,
    scopes: readonly string[],
    { signal }: AbortOptions,
  ): Promise<Token> {
    const key = [parameters.get('realm'), parameters.get('service'), ...scopes].join(' ');
    const known = this.#tokens.get(key);
    if (known && known.expiresAt - MARGIN_MS > this.#parts.now()) return known;
    // Layers that are begun at the same time ask once, and none of them ends it for the others.
    const pending = this.#pending.get(key) ?? this.#ask(key, parameters, scopes);
    return untilAbort(pending, signal);
  }

  #ask(
    key: string,
    parameters: Challenge['parameters'],
    scopes: readonly string[],
  ): Promise<Token> {
    const { transport, now, credential } = this.#parts;
    const ask = async (): Promise<Token> => {
      const realm = await this.#realm(parameters.get('realm') ?? '');
      const service = parameters.get('service');
      const request = { realm, service, scopes, credential: credential(), now };
      const token = await requestToken(transport, request);
      this.#tokens.set(key, token);
      return token;
    };
    const pending = ask().finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }

  async #realm(text: string): Promise<URL> {
    const { registry, realms } = this.#parts;
    const confirm: RealmCheck['confirm'] = async (question) =>
      this.#realms.has(question.realm) || realms.confirm(question);
    const realm = await checkRealm(text, { registry, origin: this.#origin, realms: { confirm } });
    this.#realms.add(realm.host);
    return realm;
  }
}

/** The challenge to answer: others than these (Negotiate, Digest) a page cannot. */
function answerable(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find(({ scheme }) => scheme === 'bearer') ??
    challenges.find(({ scheme }) => scheme === 'basic')
  );
}

/** What a challenge says of the token that was sent, as docker prints it. https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
export function bearerText(challenges: readonly Challenge[]): string | undefined {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const description = bearer?.get('error_description');
  switch (bearer?.get('error')) {
    case 'insufficient_scope':
      return `denied: ${description ?? 'requested access to the resource is denied'}`;
    case 'invalid_token':
      return `unauthorized: ${description ?? 'authentication required'}`;
    default:
      return undefined;
  }
}

/** What a request that needs a login was. */
export interface UnauthorizedRequest {
  /** The registry said why. */
  readonly isExplained: boolean;
  readonly hasCredential: boolean;
  /** `basic` or `bearer`, as the registry wants it. */
  readonly scheme: string;
  /** As docker's engine shows it: `Head "https://…"`. */
  readonly request: string;
}

/** What to say of a 401 that nothing helps against. `text` is the registry's own. */
export function unauthorized(
  registry: string,
  text: string,
  request: UnauthorizedRequest,
): RegistryError {
  const sentence = request.hasCredential
    ? `The registry ${registry} does not accept the user name or the password (${text}).`
    : `The registry ${registry} asks for a login (${text}).`;
  return new RegistryError('unauthorized', sentence, {
    detail: { host: registry, text, status: 401, ...request },
  });
}
