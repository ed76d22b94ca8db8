import { createServer } from 'vite';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { proxyPlugin } from '../../../src/proxy/vite-plugin';
import { startUpstream } from '../../support/upstream';

type DevelopmentServer = Awaited<ReturnType<typeof createServer>>;

let server: DevelopmentServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

async function developmentServer(): Promise<string> {
  server = await createServer({
    configFile: false,
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0 },
    optimizeDeps: { noDiscovery: true },
    plugins: [proxyPlugin()],
  });
  await server.listen();
  return server.resolvedUrls?.local[0] ?? '';
}

test('the development server answers what is under /proxy/ as the proxy, and the rest itself', async () => {
  const url = await developmentServer();
  const refused = await fetch(`${url}proxy/http://127.0.0.1:1/v2/`);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toMatch(/^The proxy does not reach 127\.0\.0\.1:1\./);
  expect(await (await fetch(url, { headers: { accept: 'text/html' } })).text()).toContain(
    '/@vite/client',
  );
});

test('the development server passes a registry through that DRYDOCK_PROXY_ALLOW lists, bytes and status', async () => {
  const registry = await startUpstream((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-1/9' }).end('{}');
  });
  onTestFinished(() => registry.close());
  vi.stubEnv('DRYDOCK_PROXY_ALLOW', registry.url);
  const url = await developmentServer();
  const passed = await fetch(`${url}proxy/${registry.url}/v2/a/blobs/b`);
  expect([passed.status, await passed.text()]).toEqual([206, '{}']);
  expect(passed.headers.get('x-drydock-proxy')).toBe('passed');
  expect(registry.requests.map((request) => request.url)).toEqual(['/v2/a/blobs/b']);
});
