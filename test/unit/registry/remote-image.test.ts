import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaType } from '../../../src/oci/media-types';
import { artifactKind, artifactTypeOfEntry } from '../../../src/oci/artifact-name';
import { parseDigest } from '../../../src/oci/digest';
import { parseReference } from '../../../src/oci/reference';
import type { RegistryClient } from '../../../src/registry/client';
import { listReferrers } from '../../../src/registry/remote/referrers';
import { openRemoteImage, remoteConfig } from '../../../src/registry/remote/remote-image';
import { readRemotePlatforms } from '../../../src/registry/remote/remote-platforms';
import { registriesFor } from '../../support/registries';
import { sha256 } from '../../support/toc-builder';
import { startUpstream, type Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

interface Served {
  readonly type: string;
  readonly body: string;
}

/** A registry that serves documents by path, and what `answer` answers. */
async function serving(
  documents: Readonly<Record<string, Served>>,
  answer: (path: string, response: ServerResponse) => boolean = () => false,
): Promise<RegistryClient> {
  server = await startUpstream(({ url = '' }, response) => {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    const served = documents[url];
    if (url === '/v2/') response.setHeader('Content-Type', 'application/json').end('{}');
    else if (served) {
      response.setHeader('Docker-Content-Digest', sha256(Buffer.from(served.body)));
      response.setHeader('Content-Length', Buffer.byteLength(served.body));
      response.setHeader('Content-Type', served.type).end(served.body);
    } else if (!answer(url, response)) response.writeHead(404).end();
  });
  return registriesFor().open(server.host);
}

const NAME = parseReference('docker.io/a/b:1');
const at = (name: string): string => `/v2/a/b/manifests/${name}`;
const json = (value: unknown, type: string): Served => ({ type, body: JSON.stringify(value) });
const digestOf = ({ body }: Served): string => sha256(Buffer.from(body));

const CONFIG = json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } }, '');
const MANIFEST = json(
  {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: digestOf(CONFIG), size: CONFIG.body.length },
    layers: [],
  },
  MediaType.ociManifest,
);

describe('an image in a registry', () => {
  it('is refused where a manifest is another than its index names', async () => {
    const index = json(
      {
        manifests: [
          { mediaType: MediaType.ociManifest, digest: `sha256:${'1'.repeat(64)}`, size: 9 },
        ],
      },
      MediaType.ociIndex,
    );
    const client = await serving({
      [at('1')]: index,
      [at(digestOf(index))]: index,
      [at(`sha256:${'1'.repeat(64)}`)]: MANIFEST,
    });
    await expect(openRemoteImage(client, NAME)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('is refused where its configuration is another than its manifest names', async () => {
    const blob = `/v2/a/b/blobs/${digestOf(CONFIG)}`;
    const other = { ...CONFIG, body: CONFIG.body.replace('amd64', 'arm64') };
    const client = await serving({
      [at('1')]: MANIFEST,
      [at(digestOf(MANIFEST))]: MANIFEST,
      [blob]: other,
    });
    const { platforms } = await openRemoteImage(client, NAME);
    const manifest = platforms[0]?.manifest;
    if (!manifest) throw new Error('no manifest');
    await expect(remoteConfig(client, 'a/b', { manifest })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it('with a configuration of 4 GB is not begun', async () => {
    const huge = { ...MANIFEST, body: MANIFEST.body.replace(/"size":\d+/, '"size":4294967296') };
    const client = await serving({ [at('1')]: huge, [at(digestOf(huge))]: huge });
    const { platforms } = await openRemoteImage(client, NAME);
    const manifest = platforms[0]?.manifest;
    if (!manifest) throw new Error('no manifest');
    await expect(remoteConfig(client, 'a/b', { manifest })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it.each([
    ['of schema 1', json({ schemaVersion: 1 }, MediaType.dockerSchema1Signed), 'schema1'],
    ['that is a web page', { type: 'text/html', body: '<html>' }, 'web-page'],
    ['that is a list', json([], MediaType.ociManifest), 'bad-document'],
  ])('%s is refused', async (_what, document, code) => {
    const client = await serving({ [at('1')]: document, [at(digestOf(document))]: document });
    await expect(openRemoteImage(client, NAME)).rejects.toMatchObject({ code });
  });

  it('whose indexes lie in each other is refused at some depth', async () => {
    const documents: Record<string, Served> = {};
    let inner = MANIFEST;
    documents[at(digestOf(inner))] = inner;
    for (let depth = 0; depth < 12; depth++) {
      const manifest = { mediaType: inner.type, digest: digestOf(inner), size: inner.body.length };
      inner = json({ manifests: [manifest] }, MediaType.ociIndex);
      documents[at(digestOf(inner))] = inner;
    }
    documents[at('1')] = inner;
    await expect(openRemoteImage(await serving(documents), NAME)).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('what is offered to be pulled', () => {
  const chart = json(
    {
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: digestOf(CONFIG),
        size: 9,
      },
      layers: [],
    },
    MediaType.ociManifest,
  );
  const entry = ({ type, body }: Served, more: object = {}): object => ({
    mediaType: type,
    digest: sha256(Buffer.from(body)),
    size: body.length,
    ...more,
  });

  it('is nothing of a chart but its type', async () => {
    const client = await serving({ [at('1')]: chart, [at(digestOf(chart))]: chart });
    expect(await readRemotePlatforms(client, NAME)).toMatchObject({
      platforms: [],
      artifactTypes: ['application/vnd.cncf.helm.config.v1+json'],
    });
  });

  it('is a platform with the number of its foreign layers, beside a chart of the same index', async () => {
    const layer = { mediaType: MediaType.dockerForeignLayer, digest: digestOf(CONFIG), size: 7 };
    const image = {
      ...MANIFEST,
      body: MANIFEST.body.replace('"layers":[]', `"layers":[${JSON.stringify(layer)}]`),
    };
    const index = json(
      {
        manifests: [
          entry(image, { platform: { os: 'windows', architecture: 'amd64' } }),
          entry(chart),
        ],
      },
      MediaType.ociIndex,
    );
    const documents = [index, image, chart].map((each) => [at(digestOf(each)), each] as const);
    const client = await serving({ [at('1')]: index, ...Object.fromEntries(documents) });
    expect(await readRemotePlatforms(client, NAME)).toMatchObject({
      platforms: [{ platform: { os: 'windows' }, foreignLayers: 1 }],
      artifactTypes: ['application/vnd.cncf.helm.config.v1+json'],
    });
  });
});

describe('referrers', () => {
  const subject = parseDigest(`sha256:${'5'.repeat(64)}`);
  const API = `/v2/a/b/referrers/${subject}`;
  const TAG = at(subject.replace(':', '-'));
  const signature = { mediaType: MediaType.ociManifest, digest: digestOf(MANIFEST), size: 3 };
  const list = (...manifests: object[]): Served => json({ manifests }, MediaType.ociIndex);
  const asked = async (client: RegistryClient): Promise<number> =>
    (await listReferrers(client, { repository: 'a/b', subject })).length;

  it('are what the API says, over all its pages', async () => {
    const other = { ...signature, digest: digestOf(CONFIG) };
    const client = await serving({ [`${API}?next`]: list(signature, other) }, (path, response) => {
      if (path !== API) return false;
      response.setHeader('Link', `<${API}?next>; rel="next"`);
      response.setHeader('Content-Type', MediaType.ociIndex).end(list(signature).body);
      return true;
    });
    expect(await asked(client)).toBe(2);
  });

  it('are what the tag says where there is no API, or a web page in its place', async () => {
    const index = list(signature);
    expect(await asked(await serving({ [TAG]: index, [at(digestOf(index))]: index }))).toBe(1);
    await server?.close();
    const page = { type: 'text/html', body: '<html>' };
    const served = { [API]: page, [TAG]: index, [at(digestOf(index))]: index };
    expect(await asked(await serving(served))).toBe(1);
  });

  it('are what cosign’s tags name, too, beside what the API says', async () => {
    const tagged = (type: string): Served =>
      json(
        {
          schemaVersion: 2,
          mediaType: MediaType.ociManifest,
          config: { mediaType: MediaType.ociConfig, digest: digestOf(CONFIG), size: 9 },
          layers: [{ mediaType: type, digest: digestOf(CONFIG), size: 9 }],
        },
        MediaType.ociManifest,
      );
    const tags = {
      sig: tagged('application/vnd.dev.cosign.simplesigning.v1+json'),
      att: tagged('application/vnd.dsse.envelope.v1+json'),
      sbom: tagged('text/spdx+json'),
    };
    const served = Object.entries(tags).flatMap(([suffix, document]) => [
      [`${TAG}.${suffix}`, document] as const,
      [at(digestOf(document)), document] as const,
    ]);
    const client = await serving({ [API]: list(signature), ...Object.fromEntries(served) });
    const found = await listReferrers(client, { repository: 'a/b', subject });
    expect(found.map((each) => artifactKind(artifactTypeOfEntry(each)))).toEqual([
      'other',
      'signature',
      'attestation',
      'sbom',
    ]);
    expect(found[1]).toMatchObject({ digest: digestOf(tags.sig), size: tags.sig.body.length });
  });

  it('are none where there is neither', async () => {
    expect(await asked(await serving({}))).toBe(0);
  });

  it('are none where the tag is no index', async () => {
    expect(
      await asked(await serving({ [TAG]: MANIFEST, [at(digestOf(MANIFEST))]: MANIFEST })),
    ).toBe(0);
  });

  it('are refused where pages never end', async () => {
    let page = 0;
    const client = await serving({}, (path, response) => {
      if (!path.startsWith(API)) return false;
      response.setHeader('Link', `<${API}?${page++}>; rel="next"`);
      response.setHeader('Content-Type', MediaType.ociIndex).end(list(signature).body);
      return true;
    });
    await expect(asked(client)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
