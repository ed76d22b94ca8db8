import type { AbortOptions, Clock } from '../base/task';
import { untilAbort } from '../base/until-abort';
import type { KnownEndpoint, RegistryAccess } from './access';
import { Authorizer } from './auth/authorizer';
import { parseChallenges } from './auth/challenge';
import type { Credential } from './auth/credential';
import { RegistryError } from './errors';
import { findEndpoint } from './find-endpoint';
import type { RealmCheck } from './auth/realm';
import { rateLimitOf, type RateLimit } from './http/rate-limit';
import { DEFAULT_RETRY, Failures, waitToRetry, type OnRetry, type RetryPolicy } from './http/retry';
import type { Answer, HttpRequest, Transport } from './http/transport';
import { warningsOf } from './http/warnings';
import { isWebPage } from './http/web-page';
import { refusedRequest } from './refused-request';
import type { TransferNote } from './transfer-note';

export interface ConnectionParts {
  readonly transport: Transport;
  /** As a reference has it: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** The user allows plain http, as docker's `insecure-registries` does. */
  readonly plainHttp?: boolean;
  readonly credential: () => Credential | undefined;
  readonly realms: RealmCheck;
  readonly now: Clock;
  readonly retry?: RetryPolicy;
  /** Told what each answer says of a limit, with whether it has been passed. */
  readonly onLimit?: ((limit: RateLimit, isPassed: boolean) => void) | undefined;
  /** Told of what is asked for again, and that it was answered. */
  readonly onRetry?: OnRetry | undefined;
  /** Told what each answer warns of: one line each. */
  readonly onWarning?: (text: string) => void;
  /** What another context found out before. */
  readonly known?: KnownEndpoint;
}

/** One request of the distribution API. */
export interface RegistryRequest extends AbortOptions {
  /** GET where it is not said. */
  readonly method?: HttpRequest['method'];
  /** `/v2/library/nginx/tags/list?n=100`, or an absolute URL that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob;
  /** It is worth waiting for where nobody answers for a while: see `waitToRetry`. */
  readonly isTransfer?: boolean;
  /** Whatever the answer, it is not asked for again. */
  readonly isOnce?: boolean;
  /** What it needs, as a token server knows it: `repository:library/nginx:pull`. */
  readonly scopes: readonly string[];
}

/** Where the API is, and how it wants to be asked. */
interface Endpoint {
  readonly origin: string;
  readonly authorizer: Authorizer;
}

/** The line to one registry: finds its API, authorises requests, sends what may be sent again until it is answered. */
export class RegistryConnection {
  readonly registry: string;
  readonly #parts: ConnectionParts;
  readonly #retry: RetryPolicy;
  #endpoint: Promise<Endpoint> | undefined;
  /** See `FoundEndpoint`; until something was had from there. */
  #doubt: RegistryError | undefined;
  /** How often an answer said that the limit is passed. */
  #limitsPassed = 0;

  constructor(parts: ConnectionParts) {
    this.registry = parts.registry;
    this.#parts = parts;
    this.#retry = parts.retry ?? DEFAULT_RETRY;
    if (parts.known) this.#endpoint = Promise.resolve(this.#known(parts.known));
  }

  /** Finds out where the API is and whether it wants a login. Rejects as `Transport.send` does. */
  async open({ signal }: AbortOptions = {}): Promise<Endpoint> {
    this.#endpoint ??= this.#find().catch((error: unknown) => {
      this.#endpoint = undefined;
      throw error;
    });
    return untilAbort(this.#endpoint, signal);
  }

  /** The same, for whoever wants nothing else of it. Rejects with `not-a-registry`, too. */
  async test(options: AbortOptions = {}): Promise<RegistryAccess> {
    const access = await this.access(options);
    if (this.#doubt) throw this.#doubt;
    return access;
  }

  /** What is known by now, and the login, for another context. */
  async access(options: AbortOptions = {}): Promise<RegistryAccess> {
    const { transport, credential } = this.#parts;
    const { origin, authorizer } = await this.open(options);
    const { registry } = this;
    const endpoint = { origin, ...authorizer.known };
    return { registry, endpoint, credential: credential(), ...transport.describe() };
  }

  /** Takes what another context was told by this registry. What it asks for again, it tells itself. */
  hear(note: TransferNote): void {
    if (note.kind === 'limit') this.#parts.onLimit?.(note.limit, note.isPassed);
    else if (note.kind === 'warning') this.#parts.onWarning?.(note.text);
  }

  /** Forgets what an earlier login allowed. */
  forget(): void {
    this.#endpoint?.then(({ authorizer }) => authorizer.forget()).catch(() => undefined);
  }

  /**
   * Tries a login as docker's engine does: it must open `/v2/`. Resolves to the identity token that the registry gives in its place, if any.
   * Rejects with `unauthorized` and `not-a-registry`.
   */
  async tryLogin(credential: Credential, options: AbortOptions = {}): Promise<string | undefined> {
    const { origin, authorizer } = await this.open(options);
    if (this.#doubt) throw this.#doubt;
    const url = new URL('/v2/', origin);
    const login = await authorizer.tryLogin(credential).catch((error: unknown) => {
      throw withRequest(error, `Get "${url.href}"`);
    });
    if (!login) return undefined;
    const request = { path: url.pathname, scopes: [], ...options };
    const { response } = await this.#deliver(url, request, login.authorization);
    await response.body?.cancel();
    if (response.ok) return login.identityToken;
    const text = `login attempt to ${url.href} failed with status: ${response.status} ${response.statusText}`;
    throw new RegistryError('unauthorized', text, {
      detail: { host: this.registry, status: response.status, text },
    });
  }

  /**
   * The registry's answer, where it is not a refusal. Rejects with `unauthorized`, `denied`, `not-found`, `rate-limited`, `registry-failed` or
   * `registry-refused`; what may be over in a moment is tried again before.
   */
  async send(request: RegistryRequest): Promise<Response> {
    const { method = 'GET', isOnce = false } = request;
    if (isOnce || (method !== 'GET' && method !== 'HEAD')) return this.#sendOnce(request);
    const { onRetry } = this.#parts;
    const policy = this.#retry;
    const counted = new Failures();
    let hasFailed = false;
    try {
      for (;;) {
        try {
          return await this.#sendOnce(request);
        } catch (error) {
          hasFailed = true;
          await waitToRetry(error, { failures: counted.add(error), policy, onRetry, ...request });
        }
      }
    } finally {
      if (hasFailed) onRetry?.(undefined);
    }
  }

  /** What was asked for before another answer said that the limit is passed, tells nothing about it any more. */
  #tellLimit({ status, headers }: Response, passedBefore: number): void {
    const isPassed = status === 429;
    if (isPassed) this.#limitsPassed++;
    else if (passedBefore < this.#limitsPassed) return;
    this.#parts.onLimit?.(rateLimitOf(headers), isPassed);
  }

  async #sendOnce(request: RegistryRequest): Promise<Response> {
    const endpoint = await this.open(request);
    const url = new URL(request.path, endpoint.origin);
    // Credentials are for the registry alone, whatever URL it hands out.
    const isOwn = url.origin === endpoint.origin;
    const authorization = isOwn
      ? await endpoint.authorizer.authorize(request.scopes, request)
      : undefined;
    const passed = this.#limitsPassed;
    let answer = await this.#deliver(url, request, authorization);
    if (answer.response.status === 401 && isOwn) {
      answer = await this.#authorizeAgain(url, request, { answer, authorization, endpoint });
    }
    const { response } = answer;
    this.#tellLimit(response, passed);
    for (const text of warningsOf(response.headers)) this.#parts.onWarning?.(text);
    if (!response.ok || isWebPage(response)) {
      throw await refusedRequest(response, {
        registry: this.registry,
        verb: request.method ?? 'GET',
        url,
        hasCredential: this.#parts.credential() !== undefined,
        scheme: endpoint.authorizer.known.challenges[0]?.scheme ?? '',
        doubt: this.#doubt,
      });
    }
    this.#doubt = undefined;
    return response;
  }

  async #authorizeAgain(
    url: URL,
    request: RegistryRequest,
    { answer, authorization, endpoint }: Refused,
  ): Promise<Answer> {
    const challenges = parseChallenges(answer.response.headers.get('www-authenticate') ?? '');
    const again = await endpoint.authorizer.reauthorize(challenges, request.scopes, {
      refused: authorization,
      signal: request.signal,
    });
    if (again === undefined) return answer;
    await answer.response.body?.cancel();
    return this.#deliver(url, request, again);
  }

  #deliver(url: URL, request: RegistryRequest, authorization?: string): Promise<Answer> {
    const { method = 'GET', body, signal } = request;
    const headers = {
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    };
    return this.#parts.transport.send({
      method,
      url: url.href,
      headers,
      ...(body ? { body } : {}),
      signal,
    });
  }

  async #find(): Promise<Endpoint> {
    const { origin, challenges, doubt } = await findEndpoint(this.#parts);
    this.#doubt = doubt;
    return this.#known({ origin, challenges, tokens: [], realms: [] });
  }

  #known(known: KnownEndpoint): Endpoint {
    return { origin: known.origin, authorizer: new Authorizer(this.#parts, known) };
  }
}

interface Refused {
  readonly answer: Answer;
  readonly authorization: string | undefined;
  readonly endpoint: Endpoint;
}

/** A token server's refusal, with the request that the token was for. */
function withRequest(error: unknown, request: string): unknown {
  if (!(error instanceof RegistryError) || error.code !== 'unauthorized') return error;
  const { code, message, detail } = error;
  return new RegistryError(code, message, { detail: { ...detail, request }, cause: error });
}
