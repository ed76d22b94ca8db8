import { succeed } from './program';

interface RawManifest {
  readonly config?: RawDescriptor;
  readonly layers?: readonly RawDescriptor[];
  readonly manifests?: readonly (RawDescriptor & {
    readonly platform?: { readonly os: string; readonly architecture: string };
  })[];
}

interface RawDescriptor {
  readonly digest: string;
  readonly size: number;
}

/**
 * Bytes of configuration and layers of each platform, by its manifest as `skopeo inspect --raw` gives it: in the order of the index,
 * without attestations; what an image has twice counts once. The name is without a tag.
 */
export async function skopeoSizes(name: string, tag: string): Promise<readonly number[]> {
  const { manifests } = await inspect(`${name}:${tag}`);
  const images = (manifests ?? []).filter(({ platform }) => platform?.os !== 'unknown');
  const sizes: number[] = [];
  for (const { digest } of images) {
    const { config, layers = [] } = await inspect(`${name}@${digest}`);
    const distinct = new Map(
      [...(config ? [config] : []), ...layers].map((each) => [each.digest, each.size]),
    );
    sizes.push([...distinct.values()].reduce((sum, size) => sum + size, 0));
  }
  return sizes;
}

async function inspect(reference: string): Promise<RawManifest> {
  const args = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`];
  return JSON.parse(await succeed('skopeo', args)) as RawManifest;
}
