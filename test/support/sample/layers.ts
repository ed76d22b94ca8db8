import type { TarItem } from '../tar-builder';
import { binary, javascript } from './text';

/** One step of the build: a layer where it has entries, configuration alone where it has none. */
export interface SampleStep {
  readonly createdBy: string;
  readonly comment?: string;
  readonly entries?: readonly TarItem[];
}

const MB = 1_000_000;
const BUILDKIT = 'buildkit.dockerfile.v0';

const dirs = (...paths: readonly string[]): TarItem[] =>
  paths.map((path) => ({ path: `${path}/` }));

const BASE: readonly TarItem[] = [
  ...dirs(
    'bin',
    'etc',
    'home',
    'lib',
    'root',
    'tmp',
    'usr',
    'usr/bin',
    'usr/lib',
    'usr/share',
    'var',
    'var/log',
  ),
  { path: 'bin/busybox', content: binary(1, 1.1 * MB), mode: 0o755 },
  ...['cat', 'ls', 'sh'].map((name) => ({ path: `bin/${name}`, linkname: 'busybox' })),
  { path: 'etc/os-release', content: 'NAME="Harbour Linux"\nID=harbour\nVERSION_ID=12\n' },
  {
    path: 'etc/passwd',
    content: 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  },
  { path: 'etc/group', content: 'root:x:0:\nnode:x:1000:\n' },
  {
    path: 'etc/shadow',
    content: 'root:*:19700:0:99999:7:::\nnode:!:19700:0:99999:7:::\n',
    mode: 0o640,
  },
  { path: 'lib/libc.so.6', content: binary(2, 0.9 * MB), mode: 0o755 },
  { path: 'usr/bin/node', content: binary(3, 1.6 * MB), mode: 0o755 },
  { path: 'usr/bin/passwd', content: binary(4, 42_000), mode: 0o4755 },
];

const LOCK = JSON.stringify({ name: 'harbour-web', lockfileVersion: 3, packages: {} }, null, 2);
const MANIFESTS: readonly TarItem[] = [
  ...dirs('app'),
  {
    path: 'app/.npmrc',
    content: '//registry.npmjs.org/:_authToken=npm_0000SampleTokenThatOpensNothing000000\n',
  },
  {
    path: 'app/package.json',
    content: packageJson('1.0.0', { typescript: '^5.9.0', vitest: '^4.1.0' }),
  },
  { path: 'app/package-lock.json', content: LOCK },
];

const DEPENDENCIES: readonly TarItem[] = [
  ...dirs(
    'app/node_modules',
    'app/node_modules/router',
    'app/node_modules/typescript',
    'app/node_modules/typescript/lib',
    'app/node_modules/vitest',
  ),
  { path: 'app/node_modules/router/index.js', content: javascript(5, 180_000) },
  {
    path: 'app/node_modules/router/package.json',
    content: '{ "name": "router", "version": "3.2.1" }\n',
  },
  { path: 'app/node_modules/typescript/lib/tsc.js', content: javascript(6, 5.4 * MB) },
  {
    path: 'app/node_modules/typescript/package.json',
    content: '{ "name": "typescript", "version": "5.9.3" }\n',
  },
  { path: 'app/node_modules/vitest/index.js', content: javascript(7, 3.1 * MB) },
  {
    path: 'app/node_modules/vitest/package.json',
    content: '{ "name": "vitest", "version": "4.1.12" }\n',
  },
];

const SOURCES: readonly TarItem[] = [
  ...dirs('app/deploy', 'app/src', 'app/test'),
  { path: 'app/deploy/id_ed25519', content: privateKey(), mode: 0o600 },
  { path: 'app/src/server.ts', content: javascript(8, 6_400) },
  { path: 'app/src/berths.ts', content: javascript(9, 11_000) },
  { path: 'app/test/server.test.ts', content: javascript(10, 4_100) },
  {
    path: 'app/start.sh',
    content:
      '#!/bin/sh\n# Entry point: one process, so that signals reach it.\nset -eu\n\nexec node dist/server.js --port "${PORT:-8080}"\n',
  },
];

const BUILT: readonly TarItem[] = [
  ...dirs('app', 'app/dist', 'app/node_modules'),
  { path: 'app/dist/server.js', content: javascript(11, 640_000) },
  { path: 'app/dist/server.js.map', content: javascript(12, 880_000) },
  { path: 'app/package.json', content: packageJson('1.0.0', {}) },
  { path: 'app/start.sh', content: SOURCES.at(-1)?.content ?? '', mode: 0o755 },
  { path: 'app/.wh..npmrc' },
  { path: 'app/deploy/.wh.id_ed25519' },
  { path: 'app/node_modules/.wh.typescript' },
  { path: 'app/node_modules/.wh.vitest' },
];

/** A small web service: five layers, a key and a token that are deleted too late, and 8.5 MB of build tools to reclaim. */
export const SAMPLE_STEPS: readonly SampleStep[] = [
  { createdBy: 'ADD rootfs.tar.gz / # buildkit', comment: BUILDKIT, entries: BASE },
  { createdBy: 'ENV NODE_ENV=production', comment: BUILDKIT },
  {
    createdBy: 'COPY package.json package-lock.json .npmrc /app/ # buildkit',
    comment: BUILDKIT,
    entries: MANIFESTS,
  },
  {
    createdBy: 'RUN /bin/sh -c npm ci --include=dev # buildkit',
    comment: BUILDKIT,
    entries: DEPENDENCIES,
  },
  { createdBy: 'COPY . /app # buildkit', comment: BUILDKIT, entries: SOURCES },
  {
    createdBy:
      'RUN /bin/sh -c npm run build && npm prune --omit=dev     && rm .npmrc deploy/id_ed25519 # buildkit',
    comment: BUILDKIT,
    entries: BUILT,
  },
  { createdBy: 'USER node', comment: BUILDKIT },
  { createdBy: 'EXPOSE map[8080/tcp:{}]', comment: BUILDKIT },
  { createdBy: 'ENTRYPOINT ["/app/start.sh"]', comment: BUILDKIT },
];

function packageJson(version: string, devDependencies: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ name: 'harbour-web', version, devDependencies }, null, 2)}\n`;
}

/** The shape of a key, so that a scanner finds it; its body is no key. */
function privateKey(): string {
  const body = Array.from({ length: 5 }, (_, line) => 'SAMPLE'.repeat(11).slice(line, line + 64));
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...body,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n');
}
