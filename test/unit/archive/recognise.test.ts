import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../../src/base/bytes';
import { patternBytes } from '../../support/blobs';
import { buildImage, docker110, gzip, jsonBytes, ociLayout } from '../../support/archive-builder';
import { openItems } from '../../support/load-environment';
import { tarOf, type TarItem } from '../../support/tar-builder';

/** Code and sentence of what is said of a file. */
async function said(file: Uint8Array<ArrayBuffer> | readonly (TarItem | string)[], name = 'x.tar') {
  const error: unknown = await openItems(file, name).then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  const { code, message } = error as { code: string; message: string };
  return [code, message];
}

async function codeOf(...file: Parameters<typeof said>) {
  return (await said(...file))[0];
}

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);

describe('a file that is no archive', () => {
  test('and empty', async () => {
    expect(await said(new Uint8Array())).toEqual([
      'empty-file',
      'x.tar is empty: it has no bytes at all.',
    ]);
  });

  test('but a PNG, whatever it is called', async () => {
    expect(await said(PNG)).toEqual([
      'not-an-archive',
      'x.tar is a PNG image, not an image archive.',
    ]);
  });

  test('but a PNG inside gzip', async () => {
    expect(await said(gzip(PNG), 'x.tgz')).toEqual([
      'not-an-archive',
      'x.tgz is a PNG image compressed with gzip, not an image archive.',
    ]);
  });

  test('but random bytes', async () => {
    expect(await said(patternBytes(100_000))).toEqual([
      'not-an-archive',
      'x.tar is data of an unknown format, not an image archive.',
    ]);
  });

  test('but a document', async () => {
    expect(await said(jsonBytes({ schemaVersion: 2 }))).toEqual([
      'not-an-archive',
      'x.tar is a JSON document, not an image archive.',
    ]);
    expect(await said(encodeUtf8('services:\n  web:\n    image: nginx\n'))).toEqual([
      'not-an-archive',
      'x.tar is a text file, not an image archive.',
    ]);
  });
});

describe('an archive that is no image', () => {
  test('but a plain root filesystem', async () => {
    const root = ['bin/', 'dev/', 'etc/', 'etc/hosts', '.dockerenv'];
    expect(await said(root)).toEqual([
      'root-filesystem',
      'x.tar is a plain root filesystem, as `docker export` writes it, not an image; `docker import` makes an image of it.',
    ]);
    expect(await codeOf(gzip(tarOf(['./usr/', './etc/', './var/'])))).toBe('root-filesystem');
  });

  test('but a root filesystem with a manifest.json of its own', async () => {
    const web = { path: 'manifest.json', content: '{"name":"an app","icons":[]}' };
    expect(await codeOf(['bin/', 'etc/', 'usr/', web])).toBe('root-filesystem');
  });

  test('but one layer, by what it deletes', async () => {
    expect(await said(['app/', 'app/.wh.old'])).toEqual([
      'single-layer',
      'x.tar is one layer of an image (it deletes app/.wh.old), not an image; `docker import` makes an image of it.',
    ]);
  });

  test('but one layer, by its name or its folders', async () => {
    expect(await codeOf(['app/run'], 'layer.tar')).toBe('single-layer');
    expect(await codeOf(['app/run'], `${'a'.repeat(64)}.tar.gz`)).toBe('single-layer');
    expect(await codeOf(['etc/hosts'])).toBe('single-layer');
  });

  test('but a Helm chart', async () => {
    expect(await said(['app/Chart.yaml', 'app/values.yaml'], 'app.tgz')).toEqual([
      'artifact',
      'app.tgz is a Helm chart (Chart.yaml), not a container image.',
    ]);
  });

  test('but a dir: layout', async () => {
    const manifest = {
      path: 'manifest.json',
      content: jsonBytes({ schemaVersion: 2, layers: [] }),
    };
    expect(await codeOf([{ path: 'version' }, manifest])).toBe('dir-layout');
  });

  test('but a schema 1 manifest', async () => {
    const manifest = { path: 'manifest.json', content: jsonBytes({ schemaVersion: 1 }) };
    expect(await said([manifest])).toEqual([
      'schema1',
      'x.tar holds a schema 1 manifest, a format that registries and engines have dropped.',
    ]);
  });

  test.each(['Dockerfile', 'compose.yaml', 'docker-compose.yml'])(
    'but a build context with a %s',
    async (recipe) => {
      expect(await said([recipe, 'src/main.c'])).toEqual([
        'no-image',
        `x.tar is a build context (it has a ${recipe}), not an image; \`docker build - < FILE\` makes an image of it.`,
      ]);
    },
  );

  test('but an archive around another', async () => {
    expect(await said(['app.tar.gz'])).toEqual([
      'no-image',
      'x.tar holds an archive (app.tar.gz), not an image; unpack it and open what is inside.',
    ]);
  });

  test('but a folder around one', async () => {
    const items = ociLayout([buildImage()]).map((i) => ({ ...i, path: `out/${String(i.path)}` }));
    expect(await said(items)).toEqual([
      'no-image',
      'x.tar holds an image inside the folder "out"; make the archive from inside that folder.',
    ]);
  });

  test('but blobs or layers without the document that says of which image', async () => {
    const layout = ociLayout([buildImage()]).filter(({ path }) => path !== 'index.json');
    expect(await said(layout)).toEqual([
      'no-image',
      'x.tar holds blobs, but no index.json says of which image; it may be incomplete.',
    ]);
    const layers = docker110([buildImage()]).filter(({ path }) => String(path).includes('/'));
    expect(await said(layers)).toEqual([
      'no-image',
      'x.tar holds layers, but neither a manifest.json nor a repositories file says of which image; it may be incomplete.',
    ]);
  });

  test('but anything else', async () => {
    expect(await said(['readme.md', 'src/main.c'])).toEqual([
      'no-image',
      'x.tar holds no image: it has neither a manifest.json nor an index.json. If it is one layer or a root filesystem, `docker import` makes an image of it.',
    ]);
    expect(await said([])).toEqual(['no-image', 'x.tar is an archive without any entry.']);
    expect(await said([{ path: 'manifest.json', content: '[]' }])).toEqual([
      'no-image',
      'x.tar holds no image: its manifest.json names none.',
    ]);
  });
});

describe('outer compression', () => {
  test('is undone whatever the file is called', async () => {
    const archive = await openItems(
      gzip(tarOf(docker110([buildImage({ tags: ['a:1'] })]))),
      'a.png',
    );
    expect(archive.compression).toBe('gzip');
    expect(archive.images).toHaveLength(1);
  });
});
