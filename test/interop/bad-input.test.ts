import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Drydock } from './drydock';
import { endlessGzip } from '../support/endless-gzip';
import { sha256 } from './samples/staged-archive';

/** A real `docker save` of three layers: 15 kB. */
const SAVED = gunzipSync(readFileSync(join(import.meta.dirname, 'docker-save.tar.gz')));

let drydock: Drydock;
let before: unknown;

/** Every test begins with an image that must still be there, untouched, at its end. */
beforeEach(async () => {
  drydock = await Drydock.open();
  const layer = tarOf([{ path: 'kept', content: 'kept\n' }]);
  const keep = new ArchiveDraft().addImage('kept:1', [layer]).bytes();
  expect(await load(keep)).toMatchObject({ exitCode: 0, stderr: '' });
  before = await drydock.state();
});

function load(archive: Uint8Array): ReturnType<Drydock['run']> {
  const files = { 'image.tar': new File([new Uint8Array(archive)], 'image.tar') };
  return drydock.run('docker load -i image.tar', { files });
}

/** The archive is refused with one sentence that names the file and more, and nothing of it is stored or shown. */
async function refuses(archive: Uint8Array, ...named: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await load(archive);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expectSentence(stderr, named);
  expect(await drydock.state()).toEqual(before);
}

function expectSentence(stderr: string, named: readonly string[]): void {
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/internal error/i);
  for (const part of ['image.tar', ...named]) expect(stderr).toContain(part);
}

describe('a file that is no archive', () => {
  test('an empty file', () => refuses(Buffer.alloc(0), 'empty'));
  test('random bytes', () => refuses(randomBytes(70_000), 'not an image archive'));
  test('zeros', () => refuses(Buffer.alloc(70_000), 'without any entry'));
  test('a PNG called .tar', () =>
    refuses(readFileSync(join(import.meta.dirname, '../../public/icons/icon-192.png')), 'PNG'));
  test('text', () => refuses(Buffer.from('Not an archive.\n'.repeat(99)), 'not an image archive'));
});

/** An entry of the archive: where its header and its content begin, and where its content ends. */
interface SavedEntry {
  readonly path: string;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** The archive's own entries; those of its layers lie inside. */
function savedEntries(): readonly SavedEntry[] {
  const entries: SavedEntry[] = [];
  for (let start = 0; SAVED[start] !== 0;) {
    const header = SAVED.subarray(start, start + 512).toString('latin1');
    const content = start + 512;
    const end = content + Number.parseInt(header.slice(124, 135), 8);
    entries.push({ path: header.slice(0, 100).replace(/\0.*/s, ''), start, content, end });
    start = Math.ceil(end / 512) * 512;
  }
  return entries;
}

describe('a real archive, cut off', () => {
  const entries = savedEntries();
  const last = entries.at(-1)!;
  const blocks = Array.from({ length: last.content / 512 }, (_, n) => (n + 1) * 512);

  /** What the sentence names: the offset, and the entry in which it lies; between two entries, what is not there. */
  function namedAt(at: number): readonly string[] {
    const cut = entries.findLast(({ start }) => start < at)!;
    if (at < 512) return ['unknown format'];
    if (at < cut.content) return [`offset ${at}`, 'a header'];
    return at < cut.end ? [`offset ${at}`, cut.path] : ['manifest.json'];
  }

  test.each(blocks.filter((at) => at !== last.start))('at byte %i', (at) =>
    refuses(SAVED.subarray(0, at), ...namedAt(at)),
  );

  test('behind manifest.json: what engines before 1.10 read is not there, and nobody misses it', async () => {
    expect(last.path).toBe('repositories');
    const { exitCode, stderr } = await load(SAVED.subarray(0, last.start));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test.each(blocks.map((at) => at - 301))('in the middle of a block, at byte %i', (at) =>
    refuses(SAVED.subarray(0, at), ...namedAt(at)),
  );

  test.each([1, 100, 700])('and compressed, %i bytes before the end', (missing) => {
    const packed = gzipSync(SAVED);
    const end = packed.length - missing;
    return refuses(packed.subarray(0, end), 'gzip', `offset ${end}`);
  });
});

describe('a real archive with one bit flipped', () => {
  const config = /[0-9a-f]{64}\.json/.exec(SAVED.toString('latin1'))?.[0] ?? '';
  const contentOf = (name: string, from = 0): number => SAVED.indexOf(name, from) + 512;
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(SAVED);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };

  test('in a configuration', () =>
    refuses(flipped(contentOf(config) + 40), config, `offset ${contentOf(config)}`));
  test('in a manifest', () => refuses(flipped(contentOf('manifest.json') + 20), '.json is not in'));
  test('in the brackets of a manifest', () =>
    refuses(flipped(contentOf('manifest.json')), 'manifest.json', 'byte 0'));
  test('in the first layer', () => {
    const { path, content } = savedEntries().find(({ path }) => path.endsWith('/layer.tar'))!;
    return refuses(flipped(content + 600), `layer 0 (${path})`, `offset ${content}`);
  });

  const everywhere = Array.from({ length: Math.floor(SAVED.length / 97) }, (_, n) => n * 97);
  test.each(everywhere)('at byte %i: refused, or the same image', async (at) => {
    const { exitCode, stderr } = await load(flipped(at));
    if (exitCode !== 0) {
      expectSentence(stderr, []);
      expect(stderr).toMatch(/offset \d+|byte \d+|[0-9a-f]{64}\S* is not in|unknown format/);
      expect(await drydock.state()).toEqual(before);
      return;
    }
    // Under another name, where that was hit.
    expect(await contentOfImage()).toEqual(whole);
    expect(await drydock.run('drydock verify')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  let whole: unknown;
  beforeAll(async () => {
    drydock = await Drydock.open();
    await load(SAVED);
    whole = await contentOfImage();
  });

  /** Its configuration, every file of every layer, and what the files hold. */
  async function contentOfImage(): Promise<unknown> {
    const id = `sha256:${config.slice(0, 64)}`;
    const format = '{{.Id}} {{json .Config}} {{json .RootFS}}';
    const inspected = await drydock.run(`docker image inspect --format '${format}' ${id}`);
    expect(inspected).toMatchObject({ exitCode: 0, stderr: '' });
    const layers = [0, 1, 2].map((n) =>
      drydock.run(`drydock files --format json --layer ${n} ${id}`),
    );
    const files = await drydock.files(id);
    const contents: Record<string, string> = {};
    for (const { path } of files.filter(({ type }) => type === 'file')) {
      contents[path] = await drydock.contentHash(id, path);
    }
    expect(Object.keys(contents).length).toBeGreaterThan(0);
    const { stdout } = inspected;
    return { inspected: stdout, layers: await Promise.all(layers), files, contents };
  }
});

describe('an archive whose parts do not fit', () => {
  test('a layer is missing', () =>
    refuses(ArchiveDraft.good().remove('1/layer.tar').bytes(), '1/layer.tar'));
  test('the configuration is missing', () =>
    refuses(ArchiveDraft.good().remove('config.json').bytes(), 'config.json'));
  test('a layer is another', () => {
    const other = { path: '1/layer.tar', content: tarOf([{ path: 'other', content: 'other' }]) };
    const archive = ArchiveDraft.good().set(other).bytes();
    const offset = archive.indexOf('1/layer.tar\0') + 512;
    return refuses(archive, '1/layer.tar', `offset ${offset}`);
  });
  test('a layer is no tar', () => {
    const text = { path: '1/layer.tar', content: 'This is no layer. '.repeat(99) };
    return refuses(ArchiveDraft.good().set(text).bytes(), '1/layer.tar');
  });
  test('a configuration without a root filesystem', () => {
    const config = { path: 'config.json', content: '{"architecture":"amd64","os":"linux"}' };
    return refuses(ArchiveDraft.good().set(config).bytes(), 'manifest.json');
  });
  test('fewer layers than diff IDs', () => {
    const manifest = [{ Config: 'config.json', RepoTags: ['good:1'], Layers: ['0/layer.tar'] }];
    return refuses(ArchiveDraft.good().setJson('manifest.json', manifest).bytes(), 'manifest.json');
  });
});

describe('JSON', () => {
  const nested = '['.repeat(100_000) + ']'.repeat(100_000);
  /** What is wrong, the content, and what is said beside the name. */
  type Document = readonly [string, string | Buffer, string];
  const documents: readonly Document[] = [
    ['that is not JSON and breaks off', '{"Config": ', 'byte 11'],
    ['that is not JSON from some byte on', '[{"Config": tru}]', 'byte 15'],
    ['of bytes that are no UTF-8', Buffer.of(0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d), 'byte 2'],
    ['nested deep', nested, '128'],
    ['an object', '{}', ''],
    ['a number', '17', ''],
    ['null', 'null', ''],
    ['an empty list', '[]', ''],
    ['a list of numbers', '[1]', ''],
    ['with a number for the configuration', '[{"Config":7,"Layers":["0/layer.tar"]}]', 'Config'],
    ['with text for the layers', '[{"Config":"config.json","Layers":"0/layer.tar"}]', 'Layers'],
    [
      'with tags that are numbers',
      '[{"Config":"config.json","RepoTags":[1],"Layers":[]}]',
      'RepoTags',
    ],
    ['of five million bytes', `[${' '.repeat(5_000_000)}]`, '4194304'],
  ];
  test.each(documents)('manifest.json is JSON %s', (_, content, named) =>
    refuses(
      ArchiveDraft.good().set({ path: 'manifest.json', content }).bytes(),
      'manifest.json',
      named,
    ),
  );

  const configs: readonly Document[] = [
    ...documents.filter(([what]) => /not JSON|UTF-8|nested|number$|null|empty list/.test(what)),
    [
      'with a diff ID that is none',
      '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:zz","x"]}}',
      '',
    ],
    [
      'with text for history',
      '{"architecture":"amd64","os":"linux","history":"x","rootfs":{"type":"layers","diff_ids":[]}}',
      '',
    ],
    ['of nine million bytes', `{"os":"linux"${' '.repeat(9_000_000)}}`, '8388608'],
  ];
  test.each(configs)('the configuration is JSON %s', (_, content, named) =>
    refuses(
      ArchiveDraft.good().set({ path: 'config.json', content }).bytes(),
      'config.json',
      named,
    ),
  );

  test.each([-1, 1e300, 2 ** 53, 1.5, '12'])('an OCI descriptor has the size %s', (size) => {
    const descriptor = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: sha256('anything'),
      size,
    };
    const archive = tarOf([
      { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      {
        path: 'index.json',
        content: JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }),
      },
    ]);
    return refuses(archive, 'index.json');
  });

  test('an index that is inside itself', () => {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const inner = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] });
    let manifests: unknown[] = [{ mediaType, digest: sha256(inner), size: inner.length }];
    const blobs: TarItem[] = [{ path: `blobs/sha256/${sha256(inner).slice(7)}`, content: inner }];
    for (let depth = 0; depth < 40; depth++) {
      const content = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
      blobs.push({ path: `blobs/sha256/${sha256(content).slice(7)}`, content });
      manifests = [{ mediaType, digest: sha256(content), size: content.length }];
    }
    const layout = { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' };
    const index = { path: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) };
    return refuses(tarOf([layout, ...blobs, index]), 'levels of indexes');
  });
});

describe('sizes in a tar header', () => {
  /** Writes a size field and a checksum that fits. */
  function withSize(path: string, field: Buffer): Buffer {
    const archive = ArchiveDraft.good().bytes();
    const header = archive.subarray(archive.indexOf(path), archive.indexOf(path) + 512);
    field.copy(header, 124);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return archive;
  }
  const base256 = (first: number, rest: number): Buffer =>
    Buffer.from([first, ...Array<number>(11).fill(rest)]);

  const sizes: readonly (readonly [string, Buffer])[] = [
    ['negative', base256(0xff, 0xff)],
    ['overflowing', base256(0x80, 0x7f)],
    ['huge', Buffer.from('77777777777\0')],
    ['no number', Buffer.from('size-of-it!\0')],
  ];
  test.each(sizes)('%s, of an entry of the archive', (_, field) =>
    refuses(withSize('1/layer.tar', field), 'offset'),
  );
  test.each(sizes)('%s, of an entry of a layer', (_, field) => {
    const archive = withSize('etc/second', field);
    const at = archive.indexOf('1/layer.tar') + 512;
    const layer = archive.subarray(at, at + 2048);
    return refuses(ArchiveDraft.ofLayer(layer).bytes(), '0/layer.tar', 'offset');
  });
});

describe('paths', () => {
  test.each(['../evil', '/etc/evil', 'a/../../evil'])(
    '%s in the archive itself is refused',
    (path) => {
      const archive = ArchiveDraft.good().set({ path, content: 'x' }).bytes();
      return refuses(archive, `"${path}"`, `offset ${archive.indexOf(path)}`);
    },
  );
  test('a link that leads out of the archive is refused', () => {
    const link = { path: '1/layer.tar', linkname: '../../../etc/passwd' };
    return refuses(ArchiveDraft.good().set(link).bytes(), '1/layer.tar');
  });
  test('layer entries that link to each other in a ring are refused', () => {
    const archive = ArchiveDraft.good()
      .set({ path: '0/layer.tar', linkname: '../1/layer.tar' })
      .set({ path: '1/layer.tar', linkname: '../0/layer.tar' });
    return refuses(archive.bytes(), 'layer.tar');
  });
  test('entries of a layer are clamped at its root, as an engine does', async () => {
    const layer = tarOf([
      { path: '../up', content: 'x' },
      { path: '/absolute', content: 'x' },
      { path: 'a/../../../climbing', content: 'x' },
      { path: './dot', content: 'x' },
    ]);
    expect(await load(ArchiveDraft.ofLayer(layer).bytes())).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const paths = (await drydock.files('good:1')).map(({ path }) => path);
    expect(paths).toEqual(['absolute', 'climbing', 'dot', 'up']);
  });
  test('links within a layer that lead in rings are listed as they are', async () => {
    const layer = tarOf([
      { path: 'a', linkname: 'b' },
      { path: 'b', linkname: 'a' },
      { path: 'c', type: 'hardlink', linkname: 'd' },
      { path: 'd', type: 'hardlink', linkname: 'c' },
    ]);
    const { exitCode, stderr } = await load(ArchiveDraft.ofLayer(layer).bytes());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const listed = await drydock.files('good:1');
    expect(listed.map(({ path, type, linkname }) => [path, type, linkname])).toEqual([
      ['a', 'symlink', 'b'],
      ['b', 'symlink', 'a'],
      ['c', 'hardlink', 'd'],
      ['d', 'hardlink', 'c'],
    ]);
  });
});

describe('too much', () => {
  test('a layer of 4 GiB of zeros, gzip, is stopped', () => {
    const archive = ArchiveDraft.ofLayer(endlessGzip(4), sha256('never reached'));
    return refuses(archive.bytes(), '0/layer.tar', '134217728');
  });
  test('an archive of 4 GiB of zeros, gzip, is stopped', () =>
    refuses(endlessGzip(4), '134217728'));
  test('20,000 tags load, and are listed', async () => {
    const tags = Array.from({ length: 20_000 }, (_, n) => `many/tags:${n}`);
    const layers = ['0/layer.tar', '1/layer.tar'];
    const manifest = [{ Config: 'config.json', RepoTags: tags, Layers: layers }];
    const archive = ArchiveDraft.good().setJson('manifest.json', manifest);
    expect(await load(archive.bytes())).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout } = await drydock.run('docker images many/tags');
    expect(stdout.match(/^many\/tags /gm)).toHaveLength(20_000);
  });
  test('a name of 5,000 bytes in the archive', () =>
    refuses(
      ArchiveDraft.good()
        .set({ path: 'n'.repeat(5000) })
        .bytes(),
      '4096',
    ));
  test('a name of 5,000 bytes in a layer', () =>
    refuses(ArchiveDraft.ofLayer(tarOf(['n'.repeat(5000)])).bytes(), '4096'));
});
