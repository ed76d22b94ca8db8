import { describe, expect, it } from 'vitest';
import { MediaType } from '../../../src/oci/media-types';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { buildImage, docker110, LayoutBuilder } from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { environmentOf, fixtureEnvironment, run } from '../../support/fixture-store';
import { tarOf, type TarItem } from '../../support/tar-builder';

async function environmentWith(items: readonly TarItem[]) {
  const environment = environmentOf(await openMemoryStore());
  const files = { 'x.tar': new Blob([tarOf(items)]) };
  const { stderr } = await run(environment, 'docker load -i x.tar', { files });
  if (stderr !== '') throw new Error(stderr);
  return environment;
}

/** Names and platforms of what an archive holds, as another Drydock lists it. */
async function listed(archive: Blob | undefined): Promise<readonly string[]> {
  const environment = environmentOf(await openMemoryStore());
  const files = archive ? { 'x.tar': archive } : {};
  const { stderr } = await run(environment, 'docker load -i x.tar', { files });
  if (stderr !== '') throw new Error(stderr);
  const { stdout } = await run(
    environment,
    `docker images --format '{{.Repository}}:{{.Tag}} {{.ID}}'`,
  );
  return stdout.split('\n').filter(Boolean).sort();
}

function twoPlatforms(): TarItem[] {
  const layout = new LayoutBuilder();
  const index = layout.index([
    layout.image(buildImage(), { platform: { os: 'linux', architecture: 'amd64' } }),
    layout.image(buildImage({ architecture: 'arm64' }), {
      platform: { os: 'linux', architecture: 'arm64' },
    }),
  ]);
  const annotations = { 'io.containerd.image.name': 'docker.io/library/both:1' };
  return layout.items([{ ...index, annotations }]);
}

describe('docker save', () => {
  it('writes the file that -o or > names, whole, and nothing else', async () => {
    const environment = await fixtureEnvironment();
    const written = await run(environment, 'docker save web bare -o out/x.tar');
    expect(written).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(Object.keys(written.files)).toEqual(['out/x.tar']);
    const redirected = await run(environment, 'docker save web bare > y.tar');
    const bytes = await Promise.all(
      [written.files['out/x.tar']!, redirected.files['y.tar']!].map((blob) => blob.arrayBuffer()),
    );
    expect(bytes[0]).toEqual(bytes[1]);
    expect(await listed(written.files['out/x.tar'])).toEqual([
      'bare:latest d045a3cefae9',
      'web:1.27 0816bb94e987',
      'web:latest 0816bb94e987',
    ]);
  });

  it('that fails writes no file', async () => {
    const environment = await fixtureEnvironment();
    for (const line of ['docker save web nope -o x.tar', 'docker save web nope > x.tar']) {
      const { exitCode, files } = await run(environment, line);
      expect({ exitCode, files }).toEqual({ exitCode: 1, files: {} });
    }
  });

  it('that is cancelled writes no file, and exits with 130', async () => {
    const environment = await fixtureEnvironment();
    const controller = new AbortController();
    const result = run(environment, 'drydock save --compress gzip web -o x.tar', {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect(await result).toMatchObject({ exitCode: 130, stderr: '', files: {} });
  });

  it('says that a beginning of several IDs is ambiguous, as the engine does', async () => {
    // Of 17 IDs two begin with the same digit.
    const images = Array.from({ length: 17 }, (_, n) => buildImage({ config: { n } }));
    const digits = images.map(({ imageId }) => imageId.charAt('sha256:'.length));
    const twice = digits.find((digit, i) => digits.indexOf(digit) < i) ?? '';
    const environment = await environmentWith(docker110(images));
    for (const word of [twice, `sha256:${twice}`]) {
      expect(await run(environment, `docker save ${word} -o x.tar`)).toMatchObject({
        exitCode: 1,
        stderr: 'Error response from daemon: ambiguous digest string\n',
      });
    }
  });

  it('refuses an image without layers as the engine does; drydock save does not', async () => {
    const environment = await environmentWith(
      docker110([buildImage({ layers: [], tags: ['void:1'] })]),
    );
    expect(await run(environment, 'docker save void:1 -o x.tar')).toMatchObject({
      exitCode: 1,
      stderr: 'Error response from daemon: empty export - not implemented\n',
    });
    const { exitCode, files } = await run(environment, 'drydock save void:1 -o x.tar');
    expect(exitCode).toBe(0);
    expect(await listed(files['x.tar'])).toMatchObject([expect.stringMatching(/^void:1 /)]);
  });

  it('takes one platform along where it is told to, all of them otherwise', async () => {
    const environment = await environmentWith(twoPlatforms());
    const sizes: number[] = [];
    for (const flags of ['', '--platform linux/arm64']) {
      const { exitCode, files } = await run(environment, `docker save ${flags} both:1 -o x.tar`);
      expect(exitCode).toBe(0);
      const other = environmentOf(await openMemoryStore());
      await run(other, 'docker load -i x.tar', { files });
      const [root] = await all(other.store.images.list());
      sizes.push((root?.summary as { platforms: unknown[] }).platforms.length);
    }
    expect(sizes).toEqual([2, 1]);
  });

  it('says of zstd layers who cannot load them, and what to do', async () => {
    const environment = await fixtureEnvironment();
    const { files } = await run(environment, 'drydock save --compress zstd bare -o x.tar');
    const other = environmentOf(await openMemoryStore());
    await run(other, 'docker load -i x.tar', { files });
    expect(await run(other, 'docker save bare -o x.tar')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr:
        'bare:latest has zstd layers, which Docker before 23.0 cannot load; "drydock save --compress gzip" packs them anew\n',
    });
  });
});

describe('drydock save', () => {
  it('says which digest is new where layers are packed anew', async () => {
    const { exitCode, stderr } = await run(
      await fixtureEnvironment(),
      'drydock save --compress gzip --type oci bare 4d18 -o x.tar',
    );
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^bare:latest: layers were packed anew, so that it has a new digest: sha256:[0-9a-f]{64}\nsha256:4d18[0-9a-f]{60}: layers [^\n]*\n$/,
    );
  });

  it('writes an OCI layout, or what engines before 1.10 did', async () => {
    const environment = await fixtureEnvironment();
    const oci = await run(environment, 'drydock save --type oci bare -o x.tar');
    const text = await oci.files['x.tar']!.text();
    expect(text).toContain(MediaType.ociIndex);
    expect(text).not.toContain('RepoTags');
    const legacy = await run(environment, 'drydock save --type legacy web bare -o x.tar');
    expect(legacy.stderr).toMatch(/^web:1\.27: this type .* another image ID\nbare:latest: /);
    const old = await legacy.files['x.tar']!.text();
    // The IDs under which docker 20.10 saves the same images.
    for (const id of [
      '3739f31a8e20a79c3511856e5557a7b39c2627b406dbcd14cafbb0d9dfb99671',
      '5410c3210a7cfdd9290b7c7cdb628a054dbe1a9bdef9436478cf1aaefa93d33a',
      'f5db37264deccf7bd76da87d124873364a983ea0e2fd4fd0c194a8c4bc980288',
      '996d61b261485df761e816a616fd3856c01bf31d310554066e34e5e231f07220',
    ]) {
      expect(old).toContain(`${id}/layer.tar`);
    }
  });

  it('takes several platforms', async () => {
    const environment = await environmentWith(twoPlatforms());
    const line = 'drydock save --platform linux/arm64,linux/amd64 both:1 -o x.tar';
    expect(await run(environment, line)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(
      await run(environment, 'drydock save --platform linux/s390x both:1 -o x.tar'),
    ).toMatchObject({
      exitCode: 1,
      stderr:
        'Error: no suitable export target found: image with reference both:1 was found but does not provide the specified platform (linux/s390x)\n',
    });
  });

  it.each([
    ['--type tar bare -o x', 'unknown type: "tar": must be one of "docker", "oci", "legacy"'],
    ['--compress xz bare -o x', 'unknown compression: "xz": must be one of "none", "gzip", "zstd"'],
    [
      '--type legacy --compress gzip bare -o x',
      'legacy archives hold plain layers: leave --compress out',
    ],
    ['--platform / bare -o x', 'invalid platform: "/"'],
    ['nope -o x', 'Error: No such image: nope'],
    ['bare', 'cowardly refusing to save to a terminal. Use the -o flag or redirect'],
  ])('%s is refused in one line', async (words, message) => {
    expect(await run(await fixtureEnvironment(), `drydock save ${words}`)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `${message}\n`,
      files: {},
    });
  });
});
