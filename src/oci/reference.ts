import { isDigest, type Digest } from './digest';
import { OciError } from './errors';

/**
 * A name of an image, normalised: the registry is always there, `docker.io/library/` stands before an official image.
 * Grammar: https://github.com/distribution/reference/blob/main/reference.go
 */
export interface Reference {
  /** Host and port: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path in the registry: `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const DEFAULT_REGISTRY = 'docker.io';
const OFFICIAL = 'library/';
const ALNUM = '[a-zA-Z0-9]';
const LABEL = `(?:${ALNUM}|${ALNUM}[a-zA-Z0-9-]*${ALNUM})`;
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^((?:${HOST}/)?${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const NAME = new RegExp(`^(?:(${HOST})/)?(${PATH})$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const REPOSITORY_LIMIT = 255;
/** Hex digits by algorithm: what go-digest knows. */
const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** A reference whose digest may be of an algorithm that nothing is stored under. */
export interface NamedReference extends Omit<Reference, 'digest'> {
  readonly digest?: string;
}

/** Reads a name as docker does. Throws `bad-reference` with docker's own text of what is wrong with it. */
export function parseReference(text: string): Reference {
  const { digest, ...named } = parseNamed(text);
  if (digest === undefined) return named;
  if (!isDigest(digest)) throw badReference(text, 'unsupported digest algorithm');
  return { ...named, digest };
}

/**
 * The same, for what only has to be a reference. The checks and their order are those of docker's client:
 * https://github.com/distribution/reference/blob/v0.6.0/normalize.go (ParseNormalizedNamed)
 */
export function parseNamed(text: string): NamedReference {
  if (IDENTIFIER.test(text)) {
    throw badReference(
      text,
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const { registry, rest } = splitRegistry(text);
  const [repository = ''] = rest.split(':', 1);
  if (repository.toLowerCase() !== repository) {
    throw badReference(
      text,
      `invalid reference format: repository name (${repository}) must be lowercase`,
    );
  }
  const match = REFERENCE.exec(`${registry}/${rest}`);
  if (!match) throw badReference(text, 'invalid reference format');
  const [, name = '', tag, digest] = match;
  const [, , path = ''] = NAME.exec(name) ?? [];
  if (path.length > REPOSITORY_LIMIT) {
    throw badReference(
      text,
      `repository name must not be more than ${REPOSITORY_LIMIT} characters`,
    );
  }
  if (digest !== undefined) checkDigest(text, digest);
  return {
    registry,
    repository: name.slice(registry.length + 1),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The same reference, with the tag `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}

/** Registry and repository as people write them: `nginx`, `grafana/grafana`, `ghcr.io/acme/api`. */
export function familiarName({ registry, repository }: Reference): string {
  if (registry !== DEFAULT_REGISTRY) return `${registry}/${repository}`;
  return repository.startsWith(OFFICIAL) && !repository.slice(OFFICIAL.length).includes('/')
    ? repository.slice(OFFICIAL.length)
    : repository;
}

/** The reference as people write it: `nginx:1.27`, `ghcr.io/acme/api@sha256:…`. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

/** A name as people write it, of one that is stored: see `canonicalReference`. Throws `bad-reference`. */
export function familiarText(name: string): string {
  return familiarReference(parseReference(name));
}

/** The reference in full, which is the key of a ref in the store: `docker.io/library/nginx:1.27`. */
export function canonicalReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

/** What stands before the first slash is a registry where it looks like one: a dot, a port, `localhost`, or upper case. */
function splitRegistry(text: string): { readonly registry: string; readonly rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = isHost ? first : DEFAULT_REGISTRY;
  const rest = isHost ? text.slice(slash + 1) : text;
  if (registry === 'index.docker.io' || registry === DEFAULT_REGISTRY) {
    return { registry: DEFAULT_REGISTRY, rest: rest.includes('/') ? rest : OFFICIAL + rest };
  }
  return { registry, rest };
}

/** https://github.com/opencontainers/go-digest/blob/v1.0.0/digest.go (Validate) */
function checkDigest(text: string, digest: string): void {
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = DIGEST_LENGTHS.get(algorithm);
  if (length === undefined) throw badReference(text, 'unsupported digest algorithm');
  if (hex.length !== length) throw badReference(text, 'invalid checksum digest length');
  if (!/^[0-9a-f]+$/.test(hex)) throw badReference(text, 'invalid checksum digest format');
}

function badReference(reference: string, message: string): OciError {
  return new OciError('bad-reference', message, { detail: { reference: reference.slice(0, 300) } });
}
