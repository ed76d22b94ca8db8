import { buildImage, LayoutBuilder } from './archive-builder';
import { tarOf } from './tar-builder';

/** One image for three platforms, the blobs of the last of which are not in the archive; and one for arm64 alone. */
export function multiPlatformArchive(): Uint8Array<ArrayBuffer> {
  const layout = new LayoutBuilder();
  const elsewhere = new LayoutBuilder();
  const base = [{ path: 'etc/motd', content: 'hello\n'.repeat(500) }];
  const layers = (architecture: string) => [base, [{ path: 'bin/app', content: architecture }]];
  const image = (architecture: string, variant?: string) =>
    buildImage({
      layers: layers(architecture),
      architecture,
      ...(variant === undefined ? {} : { variant }),
    });
  const manifests = [
    layout.image(image('amd64'), { platform: { os: 'linux', architecture: 'amd64' } }),
    layout.image(image('arm64', 'v8'), {
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    }),
    elsewhere.image(image('arm', 'v7'), {
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    }),
  ];
  const index = layout.index(manifests);
  const alone = layout.image(buildImage({ layers: layers('alone'), architecture: 'arm64' }));
  const named = (name: string) => ({ annotations: { 'io.containerd.image.name': name } });
  return tarOf(
    layout.items([
      { ...index, ...named('docker.io/library/multi:latest') },
      { ...index, ...named('ghcr.io/acme/multi-platform-image:1.27.4-alpine') },
      { ...alone, ...named('docker.io/acme/alone:v1') },
    ]),
  );
}
