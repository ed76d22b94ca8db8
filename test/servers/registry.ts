/**
 * Real registries: CNCF distribution (Debian's `docker-registry`) on 127.0.0.1, any free port, with storage of its own that is deleted
 * with it. Answers to Range, HEAD, chunked uploads and mounts are the program's own.
 *
 *     const registry = await startRegistry();                                     // open to everyone
 *     const registry = await startRegistry({ auth: 'htpasswd' });                 // HTPASSWD_USER
 *     const tokens = await startTokenServer();                                    // token-server.ts
 *     const registry = await startRegistry({ auth: tokens });                     // Bearer, verified by the registry
 *     const blobs = await startBlobHost();                                        // blob-host.ts
 *     const registry = await startRegistry({ blobs });                            // GET of a blob: 307 to blobs.url
 *     const slow = await startFaultProxy(blobs.url, …);                           // fault-proxy.ts
 *     const registry = await startRegistry({ blobs: { ...blobs, url: slow.url } });  // … through faults
 *     … pushes: push-images.ts
 *     await registry.stop();
 *
 * The interop suites are skipped, with a line that says so, where a program is missing: test/interop/peers.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverFolder, startProgram } from './program-server';
import type { TokenServer } from './token-server';

export interface RegistryServer {
  /** `127.0.0.1:40123`, as in an image's name. */
  readonly host: string;
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly auth?: 'htpasswd' | Pick<TokenServer, 'realm' | 'service' | 'issuer' | 'certificate'>;
  /** Where its blobs are fetched from, by redirect: the folder is the registry's storage. */
  readonly blobs?: { readonly folder: string; readonly url: string };
  /** The response headers of a registry that speaks to pages, as its operator would set them. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** The one who may enter where `auth` is htpasswd. */
export const HTPASSWD_USER = { name: 'ada', password: 'correct horse' };
/** By `htpasswd -nbB ada 'correct horse'`. */
const HTPASSWD = 'ada:$2y$05$iF3JBJ6hK0zkOeJwNbofIO1vNYZGTAwt5DjNhb9H8YA7K.u4NB7W.\n';

/** Starts a registry that is empty. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryServer> {
  const folder = serverFolder('registry');
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  if (typeof options.auth === 'object') {
    writeFileSync(join(folder, 'tokens.pem'), options.auth.certificate);
  }
  // Its configuration is YAML, and JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration(folder, options)));
  const server = await startProgram('docker-registry', ['serve', 'config.yml'], {
    listening: /listening on 127\.0\.0\.1:(\d+)/,
    folder,
  });
  const host = `127.0.0.1:${server.port}`;
  return { host, url: `http://${host}`, pid: server.pid, stop: () => server.stop() };
}

/** https://distribution.github.io/distribution/about/configuration/ */
function configuration(folder: string, { auth, blobs, headers }: RegistryOptions): object {
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: blobs?.folder ?? join(folder, 'storage') },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    ...(blobs
      ? { middleware: { storage: [{ name: 'redirect', options: { baseurl: blobs.url } }] } }
      : {}),
    http: { addr: '127.0.0.1:0', secret: 'of this run', ...(headers ? { headers } : {}) },
    ...(auth ? { auth: authentication(folder, auth) } : {}),
  };
}

function authentication(folder: string, auth: NonNullable<RegistryOptions['auth']>): object {
  if (auth === 'htpasswd') {
    return { htpasswd: { realm: 'drydock', path: join(folder, 'htpasswd') } };
  }
  const { realm, service, issuer } = auth;
  return { token: { realm, service, issuer, rootcertbundle: join(folder, 'tokens.pem') } };
}
