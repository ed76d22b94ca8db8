import { startServer } from './node-server';

/** `npm start` (with the folder of the built app as its argument) and `npm run proxy` (without). */
async function serve(root: string | undefined): Promise<string> {
  const host = process.env['HOST'] ?? '127.0.0.1';
  const port = portOf(process.env['PORT'] ?? '4173');
  await startServer({
    host,
    port,
    allow: process.env['DRYDOCK_PROXY_ALLOW'],
    origins: process.env['DRYDOCK_PROXY_ORIGINS'],
    ...(root === undefined ? {} : { root }),
  }).catch((error: unknown) => {
    throw inUse(error)
      ? new Error(`Port ${port} of ${host} is taken. PORT chooses another.`)
      : error;
  });
  const shown = host === '127.0.0.1' ? 'localhost' : host;
  const url = `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
  return root === undefined ? `The proxy listens on ${url}/proxy/` : `Drydock is on ${url}`;
}

function portOf(setting: string): number {
  const port = Number(setting);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`PORT: "${setting}" is no port, which is a number from 1 to 65535.`);
  }
  return port;
}

function inUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

try {
  console.log(await serve(process.argv[2]));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
