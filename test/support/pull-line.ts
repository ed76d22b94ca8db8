import type { Digest } from '../../src/oci/digest';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { pushLayout } from '../servers/push-images';
import { startRegistry } from '../servers/registry';
import { buildImage, digestOf, gzip, LayoutBuilder } from './archive-builder';
import { noise } from './streams';
import { serveAppFor } from './served-app';

const MiB = 1 << 20;

/** The built app with its proxy, and a real registry behind a line that can be made to fail. */
export interface PullLine {
  /** The way to the registry, which has `app:1`, of a layer of 8 MiB and a small one. */
  readonly line: FaultProxy;
  readonly appUrl: string;
  readonly imageId: string;
  /** The layer of 8 MiB, as the registry has it. */
  readonly largeLayer: Digest;
  stop(): Promise<void>;
}

export async function startPullLine(): Promise<PullLine> {
  const registry = await startRegistry();
  const image = buildImage({
    layers: [8 * MiB, 50_000].map((size, i) => [
      { path: `data-${i}`, content: noise(size, i + 1) },
    ]),
  });
  const layout = new LayoutBuilder();
  await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
  const line = await startFaultProxy(registry.url);
  const served = await serveAppFor(line.url);
  return {
    line,
    imageId: image.imageId,
    largeLayer: digestOf(gzip(image.layers[0] ?? new Uint8Array())),
    appUrl: served.url,
    async stop() {
      await served.stop();
      await line.stop();
      await registry.stop();
    },
  };
}
