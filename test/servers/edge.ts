/**
 * The proxy in the real edge runtime, plain `workerd serve`: the entry built as `npm run build:edge` builds it, and workerd.capnp with a
 * network policy that reaches this machine too, where the test servers are.
 *
 *     const edge = await buildEdge();             // once
 *     const proxy = await startEdge(edge, { allow: [registry.url], origins: ['https://pages.example'] });
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'vite';
import type { ProxySetup, RunningProxy } from '../support/proxy-contract';
import { serverFolder, startProgram } from './program-server';

/** The package's main module is the path of its program. */
const { default: WORKERD } = createRequire(import.meta.url)('workerd') as { default: string };
const CONFIGURATION = 'src/proxy/workerd.capnp';
const LOOPBACK: Readonly<Record<string, string>> = { all: ', "127.0.0.0/8"', none: '' };

export interface EdgeOptions extends ProxySetup {
  readonly hosts?: readonly string[];
  /** Addresses of this machine that are reached beside public ones: all; none is the policy as it is shipped. */
  readonly reached?: 'all' | 'none' | `127.0.0.${number}`;
}

/** The edge entry, or another one, as one module. */
export async function buildEdge(entry = 'src/proxy/edge.ts'): Promise<string> {
  const folder = serverFolder('edge-build');
  try {
    await build({
      configFile: 'src/proxy/edge.vite.ts',
      logLevel: 'error',
      build: { ssr: entry, outDir: folder, emptyOutDir: true },
    });
    return readFileSync(join(folder, 'edge.js'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startEdge(
  module: string,
  { allow, origins, hosts = [], reached = 'all' }: EdgeOptions,
): Promise<RunningProxy> {
  const folder = serverFolder('edge');
  const policy = `allow = ["public"${LOOPBACK[reached] ?? `, "${reached}/32"`}]`;
  const shipped = readFileSync(CONFIGURATION, 'utf8');
  const configuration = shipped
    .replace('allow = ["public"]', policy)
    .replace('embed "../../dist-edge/edge.js"', 'embed "edge.js"');
  writeFileSync(join(folder, 'edge.js'), module);
  writeFileSync(join(folder, 'workerd.capnp'), configuration);
  const flags = ['--socket-addr', 'http=127.0.0.1:0', '--control-fd=1'];
  const server = await startProgram(WORKERD, ['serve', 'workerd.capnp', ...flags], {
    listening: /"socket":"http","port":(\d+)/,
    folder,
    env: {
      DRYDOCK_PROXY_ALLOW: allow.join(','),
      DRYDOCK_PROXY_ORIGINS: origins.join(','),
      HOST: hosts.join(','),
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}
