/**
 * Registries, their token servers and their search: what a page may ask for. `*` stands for one or more labels. Where anybody may have
 * a host of that kind, the pattern is as narrow as the registries' own are.
 */
const REGISTRIES = [
  ...['registry-1.docker.io', 'index.docker.io', 'auth.docker.io', 'hub.docker.com', 'dhi.io'],
  ...['docker.io', 'registry.hub.docker.com', 'ghcr.io', 'quay.io', '*.pkg.dev'],
  ...['registry.k8s.io', 'gcr.io', '*.gcr.io', 'registry.gitlab.com', 'gitlab.com'],
  ...['public.ecr.aws', '*.dkr.ecr.*.amazonaws.com', '*.dkr.ecr.*.amazonaws.com.cn'],
  ...['mcr.microsoft.com', '*.azurecr.io', 'nvcr.io', 'authn.nvidia.com', 'cgr.dev', 'lscr.io'],
  ...['registry.access.redhat.com', 'registry.redhat.io', 'registry.connect.redhat.com'],
  ...['sso.redhat.com', 'registry.suse.com', 'registry.opensuse.org', 'registry.fedoraproject.org'],
  ...['container-registry.oracle.com', 'docker.elastic.co', 'docker-auth.elastic.co'],
  ...['icr.io', '*.icr.io', 'registry.digitalocean.com', 'codeberg.org'],
].map(patternOf);

/** Where registries keep their blobs: reached by a redirect from one of them, never asked for directly. */
const BLOB_HOSTS = [
  ...['production.cloudflare.docker.com', 'production.cloudfront.docker.com'],
  ...['*.r2.cloudflarestorage.com', 'pkg-containers.githubusercontent.com', '*.quay.io'],
  ...['storage.googleapis.com', '*.data.mcr.microsoft.com', '*.blob.core.windows.net'],
  ...['*.s3.amazonaws.com', '*.s3.*.amazonaws.com', 's3.*.amazonaws.com', '*.cloudfront.net'],
  ...['*.gitlab-static.net', '*.cgr.dev', '*.ngc.nvidia.com', 'cdn.registry.fedoraproject.org'],
  ...['*.digitaloceanspaces.com', '*.appdomain.cloud'],
].map(patternOf);

export interface Permission {
  readonly allowed: boolean;
  /** True where the operator listed it. */
  readonly listed: boolean;
}

/** Which targets the proxy reaches. */
export class AllowList {
  readonly #listed: ReadonlySet<string>;

  /** Throws for an entry that is no host, host and port, or `http://host:port`. */
  constructor(entries: readonly string[]) {
    this.#listed = new Set(entries.map(originOf));
  }

  /** Whether a URL may be reached, asked for by the page or as the target of a redirect. */
  check(url: URL, step: 'request' | 'redirect'): Permission {
    if (this.#listed.has(url.origin)) return { allowed: true, listed: true };
    const hosts = step === 'request' ? REGISTRIES : [...REGISTRIES, ...BLOB_HOSTS];
    const known = url.protocol === 'https:' && url.port === '';
    return { allowed: known && hosts.some((host) => host.test(url.hostname)), listed: false };
  }
}

function originOf(entry: string): string {
  const url = URL.canParse(entry.includes('://') ? entry : `https://${entry}`)
    ? new URL(entry.includes('://') ? entry : `https://${entry}`)
    : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '') {
    throw new Error(`DRYDOCK_PROXY_ALLOW: "${entry}" is no host, host:port or http://host:port`);
  }
  return url.origin;
}

function patternOf(host: string): RegExp {
  const escaped = host.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+(\\.[a-z0-9-]+)*');
  return new RegExp(`^${escaped}$`);
}
