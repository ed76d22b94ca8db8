import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaType } from '../../src/oci/media-types';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { run, runWithFile, writeTestFile, type TestFile } from '../support/page-files';
import { tarOf } from '../support/tar-builder';

let app: App | undefined;
let file: TestFile | undefined;

afterEach(async () => {
  await app?.close();
  await file?.remove();
});

describe('layers whose bytes are not what their media type says', () => {
  it('are read for what they are, and the page says so', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage();
    const [base = new Uint8Array(), top = new Uint8Array()] = image.layers;
    const manifest = layout.manifest({
      config: layout.blob(image.config, { mediaType: MediaType.ociConfig }),
      layers: [
        layout.blob(base, { mediaType: MediaType.ociLayerGzip }),
        layout.blob(gzipSync(top), { mediaType: MediaType.ociLayer }),
      ],
    });
    const annotations = { 'io.containerd.image.name': 'docker.io/library/wrong:1' };
    file = await writeTestFile('wrong.tar', tarOf(layout.items([{ ...manifest, annotations }])));
    app = await openApp();
    const { page } = app;
    const loaded = await runWithFile(page, 'docker load -i file.tar', file.path);
    expect(loaded).toEqual({ exitCode: 0, stdout: 'Loaded image: wrong:1\n', stderr: '' });
    expect((await run(page, 'drydock cat wrong:1 etc/os-release')).stdout).toBe('ID=test\n');
    expect((await run(page, 'drydock cat wrong:1 app/run')).stdout).toBe('#!/bin/sh\n');
    await page.goto(`${page.url().split('#')[0]}#/images/${image.imageId}/files?layer=0`);
    await page.getByText('says gzip, its bytes are a plain tar').waitFor();
    await page.goto(`${page.url().split('#')[0]}#/images/${image.imageId}/files?layer=1`);
    await page.getByText('says a plain tar, its bytes are gzip').waitFor();
  });
});
