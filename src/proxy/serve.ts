import { startServer } from './node-server';

/** `npm start` (with the folder of the built app as its argument) and `npm run proxy` (without). */
const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 4173);
const [root] = process.argv.slice(2);

await startServer({
  host,
  port,
  allow: process.env['DRYDOCK_PROXY_ALLOW'],
  origins: process.env['DRYDOCK_PROXY_ORIGINS'],
  ...(root === undefined ? {} : { root }),
});
const shown = host === '127.0.0.1' ? 'localhost' : host;
console.log(
  root === undefined
    ? `The proxy listens on http://${shown}:${port}/proxy/`
    : `Drydock is on http://${shown}:${port}`,
);
