/**
 * Gives an image that an open registry has many names, by the registry's own API: a program started for each would take minutes.
 *
 *     await pushLayout(registry, builder.items([image]), 'base:1');
 *     await copyToRepositories(registry, 'base:1', ['team/a', 'team/b']);   // under the same tag
 *     await tagMany(registry, 'base:1', ['2', '3']);
 */
import type { RegistryServer } from './registry';

interface Named {
  readonly repository: string;
  readonly tag: string;
}

interface StoredManifest {
  readonly type: string;
  readonly text: string;
  /** Of its configuration and layers. */
  readonly digests: readonly string[];
}

type Target = Pick<RegistryServer, 'url'>;

export async function copyToRepositories(
  registry: Target,
  name: string,
  repositories: readonly string[],
): Promise<void> {
  const from = named(name);
  const manifest = await readManifest(registry, from);
  for (const repository of repositories) {
    for (const digest of manifest.digests) {
      const query = new URLSearchParams({ mount: digest, from: from.repository });
      const path = `${repository}/blobs/uploads/?${query.toString()}`;
      await ask(registry, path, { method: 'POST' });
    }
    await putManifest(registry, { repository, tag: from.tag }, manifest);
  }
}

export async function tagMany(
  registry: Target,
  name: string,
  tags: readonly string[],
): Promise<void> {
  const { repository, tag: known } = named(name);
  const manifest = await readManifest(registry, { repository, tag: known });
  for (const tag of tags) await putManifest(registry, { repository, tag }, manifest);
}

function named(name: string): Named {
  const [repository = '', tag = ''] = name.split(':');
  return { repository, tag };
}

async function readManifest(registry: Target, { repository, tag }: Named): Promise<StoredManifest> {
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const response = await ask(registry, `${repository}/manifests/${tag}`, { headers: { accept } });
  const text = await response.text();
  const digests = text.match(/sha256:[0-9a-f]{64}/g) ?? [];
  return { type: response.headers.get('content-type') ?? accept, text, digests };
}

async function putManifest(
  registry: Target,
  { repository, tag }: Named,
  { type, text }: StoredManifest,
): Promise<void> {
  const headers = { 'content-type': type };
  await ask(registry, `${repository}/manifests/${tag}`, { method: 'PUT', headers, body: text });
}

async function ask({ url }: Target, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${url}/v2/${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}
