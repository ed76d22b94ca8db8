import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { multiPlatformArchive } from './multi-platform-archive';

/**
 * Archives whose images transcripts and goldens speak of, of the shape that `docker save` of engines 1.10 to 24 writes. Made from the text
 * below alone, so that every digest is the same wherever it is made.
 */

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

function tarEntry(
  name: string,
  content: Uint8Array | string = '',
  { type = '0', mode = 0o644 }: { readonly type?: string; readonly mode?: number } = {},
): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('14524770400\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const tar = (entries: readonly Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(1024)]);

const layer = (files: Readonly<Record<string, string>>): Buffer =>
  tar(
    Object.entries(files).map(([name, content]) =>
      name.endsWith('/') ? tarEntry(name, '', { type: '5', mode: 0o755 }) : tarEntry(name, content),
    ),
  );

const BASE = layer({
  'etc/': '',
  'etc/os-release': 'NAME="Fixture"\n',
  'bin/': '',
  'bin/sh': 'x'.repeat(133_700),
});
const APP = layer({ 'app/': '', 'app/main.js': 'console.log("hello")\n'.repeat(100) });
const TRIM = layer({ 'etc/.wh.os-release': '', 'etc/motd': 'trimmed\n' });
const TINY = layer({ hello: 'hello\n' });

const rootfs = (layers: readonly Buffer[]): object => ({
  type: 'layers',
  diff_ids: layers.map((bytes) => `sha256:${sha256(bytes)}`),
});

const WEB = {
  architecture: 'amd64',
  author: 'Ann <ann@example.com>',
  comment: 'made by hand',
  config: {
    Hostname: 'builder',
    Domainname: '',
    User: 'web:web',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ExposedPorts: { '8080/tcp': {}, '443/tcp': {} },
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: ['PATH=/usr/local/sbin:/usr/local/bin', 'QUERY=a<b&c>d'],
    Cmd: ['serve', '--port', '8080'],
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 30000000000, Retries: 3 },
    ArgsEscaped: true,
    Image: 'sha256:6ad1b1c6',
    Volumes: { '/var/lib/web': {}, '/cache': {} },
    WorkingDir: '/app',
    Entrypoint: ['/bin/sh', '-c'],
    OnBuild: ['RUN make'],
    Labels: { 'org.opencontainers.image.title': 'web', maintainer: 'ann', 'com.example.empty': '' },
    StopSignal: 'SIGQUIT',
    StopTimeout: 12,
    Shell: ['/bin/sh', '-ec'],
  },
  container: 'c0ffee',
  container_config: {
    Hostname: 'builder',
    Domainname: '',
    User: '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: null,
    Cmd: ['/bin/sh', '-c', '#(nop) ', 'CMD ["serve"]'],
    Image: 'sha256:6ad1b1c6',
    Volumes: null,
    WorkingDir: '',
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
  },
  created: '2023-11-14T22:13:20.123456789Z',
  docker_version: '20.10.24+dfsg1',
  history: [
    {
      created: '2023-11-14T22:00:00Z',
      created_by: '/bin/sh -c #(nop) ADD file:6f1a0f4c7b7f3ad2b4b8a3b1a0d4 in / ',
    },
    {
      created: '2023-11-14T22:01:00.5Z',
      created_by: '/bin/sh -c #(nop)  ENV QUERY=a<b&c>d',
      empty_layer: true,
    },
    {
      created: '2023-11-14T22:05:00Z',
      created_by: 'RUN /bin/sh -c make\tall # buildkit',
      comment: 'buildkit.dockerfile.v0',
      author: 'Ann',
    },
    {
      created: '2023-11-14T22:13:00Z',
      created_by: 'short',
      empty_layer: true,
      comment: 'a comment that is long enough not to be cut',
    },
    {
      created: '2023-11-14T22:13:20.123456789Z',
      created_by: '/bin/sh -c rm /etc/os-release — grüße',
    },
  ],
  os: 'linux',
  'os.version': '10.0',
  variant: 'v2',
  rootfs: rootfs([BASE, APP, TRIM]),
};

const API = {
  architecture: 'arm64',
  config: { Labels: { tier: 'back' }, Env: [], Cmd: ['api'] },
  created: '2024-06-01T10:00:00+02:00',
  history: [{ created: '2024-06-01T08:00:00Z', created_by: 'COPY api /', comment: 'one' }],
  os: 'linux',
  rootfs: rootfs([BASE]),
};

const BARE = { architecture: 'amd64', os: 'linux', rootfs: rootfs([TINY]) };

const OLD = {
  architecture: 'amd64',
  os: 'linux',
  config: null,
  created: '1970-01-01T00:00:00Z',
  history: [{ created: '1970-01-01T00:00:00Z', created_by: 'bazel build ...', author: 'Bazel' }],
  rootfs: rootfs([TINY]),
};

const DANGLING = {
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['/bin/sh'], Labels: { tier: 'front', stage: 'build' } },
  created: '2022-02-02T02:02:02.5Z',
  history: [
    { created: '2022-02-02T02:02:01Z', created_by: 'ADD base' },
    { created: '2022-02-02T02:02:02.5Z', created_by: 'ADD app' },
  ],
  rootfs: rootfs([BASE, APP]),
};

interface FixtureImage {
  readonly config: object;
  readonly layers: readonly Buffer[];
  readonly tags: readonly string[] | null;
  /** Configuration of the image that it was built on: one step of history less. */
  readonly parent?: object;
}

const IMAGES: readonly FixtureImage[] = [
  {
    config: WEB,
    layers: [BASE, APP, TRIM],
    tags: ['web:1.27', 'web:latest', 'ghcr.io/acme/web:1'],
  },
  { config: API, layers: [BASE], tags: ['acme/api:v2'] },
  { config: BARE, layers: [TINY], tags: ['bare:latest'] },
  { config: OLD, layers: [TINY], tags: ['localhost:5000/old/bazel:nightly'] },
  { config: DANGLING, layers: [BASE, APP], tags: null },
];

/** The steps of a build, each an image of its own, as `docker build` without BuildKit leaves them. */
const STEPS = [
  { created: '2021-01-01T00:00:00Z', created_by: 'ADD base' },
  { created: '2021-01-02T00:00:00Z', created_by: 'ADD app' },
  { created: '2021-01-03T00:00:00Z', created_by: 'RUN trim' },
];

function step(count: number, layers: readonly Buffer[], labels: object = {}): object {
  return {
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/sh'], Labels: labels },
    created: STEPS[count - 1]?.created,
    history: STEPS.slice(0, count),
    rootfs: rootfs(layers),
  };
}

const FIRST = step(1, [BASE]);
const SECOND = step(2, [BASE, APP]);
const FAMILY: readonly FixtureImage[] = [
  { config: FIRST, layers: [BASE], tags: ['family/first:1'] },
  { config: SECOND, layers: [BASE, APP], tags: null, parent: FIRST },
  {
    config: step(3, [BASE, APP, TRIM]),
    layers: [BASE, APP, TRIM],
    tags: ['family/third:1', 'family/third:2'],
    parent: SECOND,
  },
  {
    config: step(3, [BASE, APP, TINY], { twin: 'yes' }),
    layers: [BASE, APP, TINY],
    tags: null,
    parent: SECOND,
  },
];

function archiveOf(images: readonly FixtureImage[]): Blob {
  const entries = new Map<string, Buffer | string>();
  const manifest = images.map(({ config, layers, tags, parent }) => {
    const json = JSON.stringify(config);
    entries.set(`${sha256(json)}.json`, json);
    for (const bytes of layers) entries.set(`${sha256(bytes)}/layer.tar`, bytes);
    return {
      Config: `${sha256(json)}.json`,
      RepoTags: tags,
      Layers: layers.map((bytes) => `${sha256(bytes)}/layer.tar`),
      ...(parent === undefined ? {} : { Parent: `sha256:${sha256(JSON.stringify(parent))}` }),
    };
  });
  entries.set('manifest.json', JSON.stringify(manifest));
  return new Blob([new Uint8Array(tar([...entries].map((entry) => tarEntry(...entry))))]);
}

/** What `docker import` is given: a root filesystem. */
const ROOTFS = layer({ 'bin/': '', 'bin/sh': 'x'.repeat(1000), 'etc/': '', 'etc/motd': 'hello\n' });

/** As xz and bzip2 compressed it, which Node has none of. */
const packed = (ending: string): Blob =>
  new Blob([readFileSync(join(import.meta.dirname, `../fixtures/tars/rootfs.tar.${ending}`))]);

/** What the command lines of transcripts and goldens may read, by name. */
export const FIXTURE_FILES: Readonly<Record<string, Blob>> = {
  'fixture.tar': archiveOf(IMAGES),
  'family.tar': archiveOf(FAMILY),
  'multi.tar': new Blob([multiPlatformArchive()]),
  'rootfs.tar': new Blob([new Uint8Array(ROOTFS)]),
  'rootfs.tar.gz': new Blob([new Uint8Array(gzipSync(ROOTFS))]),
  'rootfs.tar.bz2': packed('bz2'),
  'rootfs.tar.xz': packed('xz'),
  'rootfs.tar.zst': packed('zst'),
};
