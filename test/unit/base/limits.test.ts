import { afterEach, describe, expect, it } from 'vitest';
import { ArchiveContents } from '../../../src/archive/archive-contents';
import { ArchiveEntries } from '../../../src/archive/archive-entries';
import { bytesSource } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import { scanTar } from '../../../src/codec/tar/scan-tar';
import { openTocLayer, tocClaim } from '../../../src/layer/toc/toc-layer';
import { requestToken } from '../../../src/registry/auth/token';
import { sessionRoutes } from '../../../src/registry/http/session-routes';
import { Transport } from '../../../src/registry/http/transport';
import { listCatalog } from '../../../src/registry/search/catalog';
import { buildImage, docker110 } from '../../support/archive-builder';
import { openItems } from '../../support/load-environment';
import { registriesFor } from '../../support/registries';
import { tarOf, type TarItem } from '../../support/tar-builder';
import { estargzOf, type TocDraft } from '../../support/toc-builder';
import { startUpstream, type Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

/** JSON text with blanks behind it, of some length in bytes. */
const padded = (json: string, length: number): string => json.padEnd(length, ' ');

async function open(items: readonly TarItem[]): Promise<void> {
  const { problems } = await openItems(items);
  if (problems[0]) throw problems[0];
}

function configurationOf(bytes: number): Promise<void> {
  const image = buildImage({ layers: [['a']], config: { padding: '' } });
  const padding = ' '.repeat(bytes - image.config.length);
  return open(docker110([buildImage({ layers: [['a']], config: { padding } })]));
}

function imageOf(layers: number): Promise<void> {
  return open(docker110([buildImage({ layers: Array.from({ length: layers }, () => ['a']) })]));
}

/** Reads eight documents as large as one may be, and others with what is left of the sum. */
async function documentsOf(bytes: number): Promise<void> {
  const source = bytesSource(
    tarOf([
      { path: 'large', content: ' '.repeat(LIMITS.configBytes) },
      { path: 'rest', content: ' '.repeat(bytes % LIMITS.configBytes) },
    ]),
  );
  const entries = new ArchiveEntries(source, 'app.tar');
  await scanTar(source, (entry) => entries.add(entry));
  const contents = new ArchiveContents(entries);
  for (let sum = 0; sum + LIMITS.configBytes <= bytes; sum += LIMITS.configBytes) {
    await contents.document('large', LIMITS.configBytes);
  }
  await contents.document('rest', LIMITS.configBytes);
}

async function tableOf(bytes: number): Promise<void> {
  const change = (toc: TocDraft): unknown => {
    const plain = JSON.stringify({ ...toc, padding: '' }, undefined, '\t').length;
    return { ...toc, padding: ' '.repeat(bytes - plain) };
  };
  const draft = estargzOf([{ path: 'a', content: 'x' }], { change });
  const claim = tocClaim({ mediaType: '', annotations: draft.annotations });
  const source = { ...bytesSource(draft.bytes), size: draft.bytes.length };
  await openTocLayer(source, claim!, { what: 'the table' });
}

/** A registry's list of repositories: as many names on the first page as there may be in all, and the rest on another. */
async function listOf(count: number): Promise<void> {
  server = await startUpstream(({ url }, response) => {
    const isFirst = url === '/v2/_catalog?n=100';
    const length = isFirst ? LIMITS.listNames : count - LIMITS.listNames;
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (isFirst && count > LIMITS.listNames) {
      response.setHeader('Link', '</v2/_catalog?n=100&last=a>; rel="next"');
    }
    response.end(JSON.stringify({ repositories: Array<string>(length).fill('a') }));
  });
  const { connection } = registriesFor().open(server.host);
  let listed = 0;
  for await (const names of listCatalog(connection, {})) listed += names.length;
  expect(listed).toBe(count);
}

async function tokenOf(bytes: number): Promise<void> {
  const body = padded('{"token":"t"}', bytes);
  const transport = new Transport({
    fetch: () => Promise.resolve(new Response(body)),
    proxy: () => undefined,
    page: { url: 'http://127.0.0.1:4173/', isOnline: () => true },
    routes: sessionRoutes(),
  });
  const { value } = await requestToken(transport, {
    realm: new URL('http://127.0.0.1/token'),
    service: undefined,
    scopes: [],
    credential: undefined,
    now: Date.now,
  });
  expect(value).toBe('t');
}

type Limit = keyof typeof LIMITS;

/** The limits whose own folders' tests do not show both sides: what is made as large as is said, and the sentence of what is one larger. */
const CASES: readonly (readonly [Limit, (size: number) => Promise<void>, string])[] = [
  [
    'configBytes',
    configurationOf,
    '.json in app.tar is 8388609 bytes, more than the 8388608 bytes allowed.',
  ],
  [
    'imageLayers',
    imageOf,
    'manifest.json in app.tar names 1001 layers, more than the 1000 allowed.',
  ],
  [
    'archiveDocumentBytes',
    documentsOf,
    'app.tar names more than the 67108864 bytes of documents allowed in one archive.',
  ],
  ['tocBytes', tableOf, 'it is larger than the 100663296 bytes allowed'],
  ['listNames', listOf, 'has more than the 1000000 names allowed.'],
  ['tokenBytes', tokenOf, 'The token of 127.0.0.1 is larger than the 262144 bytes allowed.'],
];

describe.each(CASES)('%s', (limit, make, sentence) => {
  it('are allowed up to the last', async () => {
    await make(LIMITS[limit]);
  });

  it('are refused from one more on, by a sentence with the limit', async () => {
    await expect(make(LIMITS[limit] + 1)).rejects.toThrow(sentence);
  });
});
