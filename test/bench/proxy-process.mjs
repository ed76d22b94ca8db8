import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** As the scripts `start` and `proxy` have it: what has passed through is freed after 1 MiB of small objects, and not after 16. */
const MEMORY = '--max-semi-space-size=1';

/**
 * A folder and the proxy beside it, as `npm start` serves them: a process of its own.
 * @param {string} folder What is served.
 * @param {string[]} allow What the proxy reaches beside the well-known registries.
 */
export async function startProxy(folder, allow) {
  const port = await freePort();
  const child = spawn(process.execPath, [MEMORY, '--import', 'tsx', 'src/proxy/serve.ts', folder], {
    env: { ...process.env, PORT: String(port), DRYDOCK_PROXY_ALLOW: allow.join(',') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
