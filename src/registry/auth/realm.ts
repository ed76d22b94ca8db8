import { getDomain } from 'tldts';
import { RegistryError } from '../errors';
import { isLoopback } from '../http/registry-address';

/** Who may be asked for tokens of a registry, beside its own site. */
export interface RealmCheck {
  /**
   * Asks the user whether a registry may send him, and the credentials that he has there, to a token server on another site. Resolves to
   * false where nobody can be asked.
   */
  confirm(question: RealmQuestion): Promise<boolean>;
}

export interface RealmQuestion {
  readonly registry: string;
  /** Host of the token server. */
  readonly realm: string;
}

/** Registries whose token server is known to be on another site. */
const KNOWN_REALMS: ReadonlyMap<string, string> = new Map([
  ['nvcr.io', 'authn.nvidia.com'],
  ['registry.redhat.io', 'sso.redhat.com'],
]);

/**
 * Domains of hosts that belong to many people, which the public suffix list has not: what two names share there makes no site.
 * https://publicsuffix.org
 */
const SHARED_DOMAIN =
  /(?:^|\.)(?:amazonaws\.com|azure\.com|azurecr\.io|googleusercontent\.com|ocir\.io|oraclecloud\.com|pkg\.dev)$/;

/** The realm of a challenge, once it is known to be safe to ask. Rejects with `bad-token` or `realm-refused`. */
export async function checkRealm(
  text: string,
  { registry, origin, realms }: { registry: string; origin: string; realms: RealmCheck },
): Promise<URL> {
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const ofRegistry = new URL(origin);
  const isPlain = realm?.protocol === 'http:';
  // Plain http is for who speaks it anyway: a registry on this machine, or one that is asked over plain http itself.
  const isAllowed =
    realm !== undefined &&
    (realm.protocol === 'https:' ||
      (isPlain && (ofRegistry.protocol === 'http:' || isLoopback(ofRegistry.host))));
  if (!isAllowed || realm.username !== '' || realm.password !== '') {
    throw new RegistryError(
      'bad-token',
      `The registry ${registry} names a token server that cannot be used: "${text.slice(0, 200)}".`,
      { detail: { host: registry, realm: text.slice(0, 200) } },
    );
  }
  realm.hash = '';
  if (isSameSite(ofRegistry.hostname, realm.hostname)) return realm;
  if (KNOWN_REALMS.get(registry) === realm.hostname) return realm;
  if (await realms.confirm({ registry, realm: realm.host })) return realm;
  throw new RegistryError(
    'realm-refused',
    `The registry ${registry} sends its users to ${realm.host} for tokens, which is another site, and nobody agreed to that.`,
    { detail: { host: registry, realm: realm.host } },
  );
}

/** The same host, or both of one registrable domain that is somebody's own. Ports do not count. */
function isSameSite(a: string, b: string): boolean {
  if (a === b || (isLoopback(a) && isLoopback(b))) return true;
  const [domain, other] = [a, b].map((name) => getDomain(name, { allowPrivateDomains: true }));
  return typeof domain === 'string' && domain === other && !SHARED_DOMAIN.test(domain);
}
