import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesSource,
  collect,
  type ByteRange,
  type ByteSource,
} from '../../../src/base/byte-source';
import { decompress } from '../../../src/codec/compression/decompress';
import { indexLayer } from '../../../src/layer/read-layer';
import { openLayerIndex } from '../../../src/layer/index/open-layer-index';
import { openTocLayer, tocClaim, type TocLayer } from '../../../src/layer/toc/toc-layer';
import type { SizedSource } from '../../../src/layer/toc/packed-toc';
import { noise } from '../../support/streams';
import { tarOf, type TarItem } from '../../support/tar-builder';
import {
  estargzOf,
  sha256,
  zstdChunkedOf,
  type TocDraft,
  type TocDraftOptions,
  type TocLayerDraft,
} from '../../support/toc-builder';

const BIG = noise(300_000);
const ITEMS: readonly (TarItem | string)[] = [
  'etc/',
  { path: 'etc/passwd', content: 'root\n', mtime: 1_700_000_000, uid: 7, gid: 8, mode: 0o4755 },
  { path: 'big', content: BIG },
  { path: 'empty' },
  { path: 'link', linkname: 'etc/passwd' },
  { path: 'hard', type: 'hardlink', linkname: './etc/passwd' },
  { path: 'dev/null', type: 'char', devMajor: 1, devMinor: 3 },
  { path: 'bin/.wh.old' },
  { path: 'var/.wh..wh..opq' },
  { path: 'ping', content: 'x', xattrs: { 'security.capability': Uint8Array.of(1, 0, 255) } },
];

const FORMS = {
  eStargz: (items: typeof ITEMS, options?: TocDraftOptions) => estargzOf(items, options),
  'zstd:chunked': (items: typeof ITEMS, options?: TocDraftOptions) => zstdChunkedOf(items, options),
} as const;

/** A source that counts the bytes that were asked of it. */
function countingSource(
  bytes: Uint8Array<ArrayBuffer>,
): SizedSource & { readonly read: () => number } {
  const inner = bytesSource(bytes);
  let read = 0;
  const open = (range?: ByteRange): ReturnType<ByteSource['open']> => {
    read += range ? range.end - range.start : bytes.length;
    return inner.open(range);
  };
  return { size: bytes.length, open, read: () => read };
}

function open(
  draft: TocLayerDraft,
  source: SizedSource = countingSource(draft.bytes),
): Promise<TocLayer> {
  const claim = tocClaim({ mediaType: '', annotations: draft.annotations });
  if (!claim) throw new Error('the draft has no annotations');
  return openTocLayer(source, claim, { what: 'the table' });
}

async function textOf(layer: TocLayer, path: string): Promise<string> {
  return (await layer.read(path)).text();
}

describe.each(Object.entries(FORMS))('%s', (_name, make) => {
  it('is what the layer is when it is read whole', async () => {
    const draft = make(ITEMS);
    const { index } = await open(draft);
    const whole = openLayerIndex(await indexLayer(bytesSource(draft.bytes), { what: 'the layer' }));
    const listed = [...whole.entries()].filter(({ path }) => path !== 'stargz.index.json');
    expect([...index.entries()].map((entry) => ({ ...entry, position: 0 }))).toEqual(
      listed.map((entry) => ({ ...entry, position: 0 })),
    );
    const ping = index.find('ping');
    expect(index.xattrs(ping?.position ?? -1)).toEqual(
      new Map([['security.capability', Uint8Array.of(1, 0, 255)]]),
    );
  });

  it('gives one file for what it takes, and no more', async () => {
    const draft = make([{ path: 'other', content: noise(2_000_000, 3) }, ...ITEMS]);
    const source = countingSource(draft.bytes);
    const layer = await open(draft, source);
    expect(await textOf(layer, 'etc/passwd')).toBe('root\n');
    expect(source.read()).toBeLessThan(40_000 + draft.bytes.length - draft.tocOffset);
  });

  it('gives a file of many chunks in one piece, whole or its beginning', async () => {
    const layer = await open(make(ITEMS, { chunkSize: 7000 }));
    expect(new Uint8Array(await (await layer.read('big')).arrayBuffer())).toEqual(BIG);
    const start = await layer.read('big', { limit: 10_001 });
    expect(new Uint8Array(await start.arrayBuffer())).toEqual(BIG.slice(0, 10_001));
  });

  it('follows a hard link, and says what is no file', async () => {
    const layer = await open(make(ITEMS));
    expect(await textOf(layer, 'hard')).toBe('root\n');
    expect(await textOf(layer, 'empty')).toBe('');
    await expect(textOf(layer, 'link')).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(textOf(layer, 'etc')).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(textOf(layer, 'nothing')).rejects.toMatchObject({ code: 'no-such-path' });
  });

  it('is refused where its table is another than the manifest names', async () => {
    const draft = make(ITEMS);
    const other = make([...ITEMS, { path: 'evil', content: 'x' }]);
    await expect(open({ ...other, annotations: draft.annotations })).rejects.toMatchObject({
      code: expect.stringMatching(
        /^(digest-mismatch|bad-toc|truncated|bad-compression)$/,
      ) as string,
    });
    const changed = draft.bytes.slice();
    const at = draft.tocOffset + 40;
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(open({ ...draft, bytes: changed })).rejects.toMatchObject({ name: 'CodedError' });
  });

  it('refuses a content that is not what the table says', async () => {
    const draft = make([{ path: 'a', content: noise(50_000) }]);
    const bytes = draft.bytes.slice();
    const at = Math.floor(draft.tocOffset / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    const layer = await open({ ...draft, bytes });
    await expect(textOf(layer, 'a')).rejects.toMatchObject({
      code: expect.stringMatching(/^(digest-mismatch|bad-compression|truncated)$/) as string,
    });
  });

  it('stops reading when it is told to', async () => {
    const layer = await open(make(ITEMS));
    const signal = AbortSignal.abort();
    await expect(layer.read('big', { signal })).rejects.toBe(signal.reason);
  });

  it.each<[string, (toc: TocDraft) => unknown]>([
    ['another version', (toc) => ({ ...toc, version: 2 })],
    ['no entries', () => ({ version: 1 })],
    ['an entry of no type', (toc) => change(toc, { type: 'door' })],
    ['a negative offset', (toc) => change(toc, { offset: -1 })],
    ['an offset past everything', (toc) => change(toc, { offset: 2 ** 52 })],
    ['a fraction for an offset', (toc) => change(toc, { offset: 1.5 })],
    ['a negative size', (toc) => change(toc, { size: -5 })],
    ['a size past what a number holds', (toc) => change(toc, { size: 2 ** 60 })],
    ['a digest that is none', (toc) => change(toc, { digest: 'md5:00', chunkDigest: 'x' })],
    ['no digest at all', (toc) => change(toc, { digest: undefined, chunkDigest: undefined })],
    ['a chunk that goes past its file', (toc) => chunks(toc, [{ chunkOffset: 3, chunkSize: 99 }])],
    ['a chunk that leaves a gap', (toc) => chunks(toc, [{ chunkOffset: 4, chunkSize: 1 }])],
    ['a chunk of no file', (toc) => ({ ...toc, entries: [{ type: 'chunk' }, ...toc.entries] })],
    ['a name of 5,000 characters', (toc) => change(toc, { name: 'x'.repeat(5000) })],
    ['text where JSON should be', () => 'not a table'],
  ])('refuses a table with %s', async (_what, changeToc) => {
    await expect(open(make(ITEMS, { change: changeToc }))).rejects.toMatchObject({
      code: expect.stringMatching(/^(bad-toc|bad-document|bad-json)$/) as string,
    });
  });

  it('reads nothing of a file that the table says is larger than it is', async () => {
    const layer = await open(make(ITEMS, { change: (toc) => change(toc, { size: 1_000_000 }) }));
    await expect(textOf(layer, 'etc/passwd')).rejects.toMatchObject({
      code: expect.stringMatching(/^(truncated|digest-mismatch|bad-compression)$/) as string,
    });
  });

  it('keeps names that try to leave the root inside it', async () => {
    const { index } = await open(make([{ path: '../../etc/shadow', content: 'x' }]));
    expect([...index.entries()].map(({ path }) => path)).toEqual(['etc/shadow']);
  });

  it('never fails otherwise than with an error of ours, whatever the bytes', async () => {
    const draft = make(ITEMS);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(draft.bytes.length - 1), fc.nat(255)), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const bytes = draft.bytes.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            const layer = await open({ ...draft, bytes });
            expect(await textOf(layer, 'etc/passwd')).toBe('root\n');
          } catch (error) {
            expect(error).toMatchObject({ name: 'CodedError' });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a claim', () => {
  it('is none without a digest of the table', () => {
    expect(tocClaim({ mediaType: 'x' })).toBeUndefined();
    const annotations = new Map([['containerd.io/snapshot/stargz/toc.digest', 'sha256:12']]);
    expect(tocClaim({ mediaType: 'x', annotations })).toBeUndefined();
  });

  it('of zstd:chunked without a position is found by the footer', async () => {
    const draft = zstdChunkedOf(ITEMS);
    const annotations = new Map(
      [...draft.annotations].filter(([name]) => name.endsWith('checksum')),
    );
    const layer = await open({ ...draft, annotations });
    expect(await textOf(layer, 'etc/passwd')).toBe('root\n');
  });

  it('of zstd:chunked may be the digest of its JSON', async () => {
    let json = '';
    const draft = zstdChunkedOf(ITEMS, {
      change: (toc) => {
        json = JSON.stringify(toc, undefined, '\t');
        return toc;
      },
    });
    const annotations = new Map([
      ['containerd.io/snapshot/stargz/toc.digest', sha256(Buffer.from(json))],
    ]);
    const claim = tocClaim({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
      annotations,
    });
    expect(claim?.format).toBe('zstd:chunked');
    const layer = await open({
      ...draft,
      annotations: new Map([...annotations, ...draft.annotations]),
    });
    expect(await textOf(layer, 'etc/passwd')).toBe('root\n');
  });
});

describe('chunks of a file', () => {
  it('that are zeros need not be stored', async () => {
    const content = new Uint8Array(3_000_000);
    const zeros = (toc: TocDraft): TocDraft => {
      const entry = toc.entries[0] ?? {};
      Object.assign(entry, { chunkType: 'zeros', offset: undefined, chunkDigest: undefined });
      return toc;
    };
    const draft = zstdChunkedOf([{ path: 'zeros', content }], {
      chunkSize: 4_000_000,
      change: zeros,
    });
    const source = countingSource(draft.bytes);
    const layer = await open(draft, source);
    expect((await layer.read('zeros')).size).toBe(content.length);
    expect(source.read()).toBeLessThan(2000);
  });

  it('may share what is unpacked at once', async () => {
    const shared = (toc: TocDraft): TocDraft => {
      const [a, b] = toc.entries;
      Object.assign(b ?? {}, { offset: a?.['offset'], innerOffset: 5, size: 6 });
      Object.assign(b ?? {}, { digest: sha256(Buffer.from(' world')), chunkDigest: undefined });
      Object.assign(a ?? {}, {
        size: 5,
        digest: sha256(Buffer.from('hello')),
        chunkDigest: undefined,
      });
      return toc;
    };
    const items = [
      { path: 'a', content: 'hello world' },
      { path: 'b', content: 'x' },
    ];
    const layer = await open(estargzOf(items, { change: shared }));
    expect(await textOf(layer, 'a')).toBe('hello');
    expect(await textOf(layer, 'b')).toBe(' world');
  });
});

it('a tar of the same items is what the drafts unpack to', async () => {
  const unpacked = await collect(decompress(bytesSource(zstdChunkedOf(ITEMS).bytes), 'zstd'));
  expect(unpacked).toEqual(tarOf(ITEMS));
});

/** The table with its second entry, the file etc/passwd, changed. */
function change(toc: TocDraft, fields: Record<string, unknown>): TocDraft {
  return {
    ...toc,
    entries: toc.entries.map((entry, i) => (i === 1 ? { ...entry, ...fields } : entry)),
  };
}

/** The table with further chunks behind the file etc/passwd. */
function chunks(toc: TocDraft, more: readonly Record<string, unknown>[]): TocDraft {
  const entries = change(toc, { chunkSize: 3 }).entries;
  entries.splice(2, 0, ...more.map((fields) => ({ type: 'chunk', offset: 600, ...fields })));
  return { ...toc, entries };
}
