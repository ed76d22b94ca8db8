import { createServer } from 'vite';
import { afterEach, expect, test } from 'vitest';
import { proxyPlugin } from '../../../src/proxy/vite-plugin';

type DevelopmentServer = Awaited<ReturnType<typeof createServer>>;

let server: DevelopmentServer | undefined;
afterEach(async () => server?.close());

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
