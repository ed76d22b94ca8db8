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
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const IDENTIFIER = /^[a-f0-9]{64}$/;
const NAME_LIMIT = 255;

/** Reads a name as docker does. Throws `bad-reference` with docker's own text of what is wrong with it. */
export function parseReference(text: string): Reference {
  if (IDENTIFIER.test(text)) {
    throw badReference(
      text,
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const { name, tag, digest } = split(text);
  const { registry, repository } = splitRegistry(name);
  if (repository.toLowerCase() !== repository) {
    throw badReference(
      text,
      `invalid reference format: repository name (${repository}) must be lowercase`,
    );
  }
  const valid =
    PATH.test(repository) &&
    HOST.test(registry) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || isDigest(digest));
  if (!valid) throw badReference(text, 'invalid reference format');
  if (`${registry}/${repository}`.length > NAME_LIMIT) {
    throw badReference(text, `repository name must not be more than ${NAME_LIMIT} characters`);
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest !== undefined && isDigest(digest) ? { digest } : {}),
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

/** The reference in full, which is the key of a ref in the store: `docker.io/library/nginx:1.27`. */
export function canonicalReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

function split(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  return {
    name: tagged ? rest.slice(0, colon) : rest,
    ...(tagged ? { tag: rest.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** What stands before the first slash is a registry where it looks like one: a dot, a port, `localhost`, or upper case. */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost =
    /[.:]/.test(first) || first === 'localhost' || (first !== '' && first !== first.toLowerCase());
  const registry = isHost ? first : DEFAULT_REGISTRY;
  const path = isHost ? name.slice(slash + 1) : name;
  if (registry === 'index.docker.io' || registry === DEFAULT_REGISTRY) {
    return {
      registry: DEFAULT_REGISTRY,
      repository: path.includes('/') ? path : OFFICIAL + path,
    };
  }
  return { registry, repository: path };
}

function badReference(reference: string, message: string): OciError {
  return new OciError('bad-reference', message, { detail: { reference: reference.slice(0, 300) } });
}
