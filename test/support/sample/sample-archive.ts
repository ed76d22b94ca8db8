import { gzip } from 'pako';
import { MediaType } from '../../../src/oci/media-types';
import { buildImage, LayoutBuilder, type BuiltImage } from '../archive-builder';
import { tarOf } from '../tar-builder';
import { SAMPLE_STEPS } from './layers';

export const SAMPLE_FILE = 'public/sample-image.tar';

const NAME = 'docker.io/drydock/harbour-web:1.0.0';
const STARTED = Date.UTC(2026, 9, 1, 8, 0, 0);

/** The sample image as an OCI layout in a tar: the same bytes with every Node, whose own gzip differs from version to version. */
export function sampleArchive(): Uint8Array {
  const layout = new LayoutBuilder();
  const image = sampleImage();
  const manifest = layout.manifest(
    {
      config: layout.blob(image.config, { mediaType: MediaType.ociConfig }),
      layers: image.layers.map((layer) =>
        layout.blob(gzip(layer), { mediaType: MediaType.ociLayerGzip }),
      ),
    },
    {
      annotations: {
        'io.containerd.image.name': NAME,
        'org.opencontainers.image.ref.name': '1.0.0',
      },
    },
  );
  return tarOf(layout.items([manifest]));
}

function sampleImage(): BuiltImage {
  const at = (step: number): string => new Date(STARTED + step * 1000).toISOString();
  const mtime = STARTED / 1000;
  const layers = SAMPLE_STEPS.flatMap(({ entries }) =>
    entries ? [entries.map((entry) => ({ mtime, ...entry }))] : [],
  );
  return buildImage({
    layers,
    config: {
      created: at(SAMPLE_STEPS.length - 1),
      config: {
        Env: [
          'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          'NODE_ENV=production',
        ],
        User: 'node',
        ExposedPorts: { '8080/tcp': {} },
        Entrypoint: ['/app/start.sh'],
        WorkingDir: '/app',
        Labels: {
          'org.opencontainers.image.title': 'harbour-web',
          'org.opencontainers.image.version': '1.0.0',
        },
      },
      history: SAMPLE_STEPS.map(({ createdBy, comment, entries }, step) => ({
        created: at(step),
        created_by: createdBy,
        ...(comment === undefined ? {} : { comment }),
        ...(entries ? {} : { empty_layer: true }),
      })),
    },
  });
}
