import { startServer } from '../../../src/proxy/node-server';
import { proxyContract } from '../../support/proxy-contract';
import { closeServer, portOf } from '../../support/upstream';

proxyContract('the proxy in Node', async ({ allow, origins }) => {
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0 },
    ...{ allow: allow.join(','), origins: origins.join(',') },
  });
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server) };
});
