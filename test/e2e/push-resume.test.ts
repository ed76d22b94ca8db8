import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/proxy/node-server';
import { isRequired, whyNoPeers } from '../interop/peers';
import { run as runProgram } from '../interop/program';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { openApp, type App } from '../support/app';
import {
  dockerArchive,
  run,
  runWithFile,
  writeTestFile,
  type TestFile,
} from '../support/page-files';
import { noise } from '../support/streams';
import { closeServer, portOf } from '../support/upstream';

const MiB = 1 << 20;
/** Bytes of a chunk: what is sent at once. */
const CHUNK = 16 * MiB;
/** More than two chunks. */
const LAYER = 40 * MiB;
/** The other layer, the configuration, and what a tar has beside its contents. */
const REST = 3 * MiB;

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`pushes that break off cannot be tested: ${why}`);
  console.log(`e2e: pushes that break off are not tested against a real registry: ${why}`);
}

describe.skipIf(why !== undefined)(
  'a push of a large layer, in the page and through the proxy',
  () => {
    let archive: TestFile;

    beforeAll(async () => {
      const layers = [LAYER, 2 * MiB].map((size, i) => [
        { path: `data-${i}`, content: noise(size, i + 1) },
      ]);
      archive = await writeTestFile('app.tar', dockerArchive({ layers, tags: ['app:1'] }));
    });
    afterAll(() => archive.remove());

    interface Started {
      readonly registry: RegistryServer;
      readonly line: FaultProxy;
      readonly app: App;
    }

    /** A registry that has nothing, behind a line, and a page that has the image. */
    async function start(): Promise<Started> {
      const registry = await startRegistry();
      const line = await startFaultProxy(registry.url);
      const lists = { allow: line.url, origins: undefined };
      const server = await startServer({ host: '127.0.0.1', port: 0, ...lists, root: 'dist' });
      const app = await openApp({ url: `http://127.0.0.1:${portOf(server)}/` });
      onTestFinished(async () => {
        await app.close();
        await closeServer(server);
        await line.stop();
        await registry.stop();
      });
      const loaded = await runWithFile(app.page, 'docker load -i file.tar', archive.path);
      expect(loaded).toMatchObject({ exitCode: 0, stderr: '' });
      return { registry, line, app };
    }

    /** Another program reads every byte of it, and sums it up. */
    async function isWhole({ host }: RegistryServer): Promise<void> {
      const folder = await mkdtemp(join(tmpdir(), 'drydock-pushed-'));
      const args = ['copy', '--src-tls-verify=false', `docker://${host}/app:1`, `dir:${folder}`];
      expect(await runProgram('skopeo', args)).toMatchObject({ exitCode: 0 });
      await rm(folder, { recursive: true });
    }

    // Of a chunk that it has not got whole, distribution gives up the upload: it is then sent anew.
    it.each([
      ['before the first byte of its second chunk', 0, LAYER + REST],
      ['within its second chunk', 5 * MiB, LAYER + CHUNK + 5 * MiB + REST],
    ])('goes on where the registry is, where its line is cut %s', async (_, after, most) => {
      const { registry, line, app } = await start();
      let chunks = 0;
      line.plan = ({ method }) =>
        method === 'PATCH' && ++chunks === 2 ? { kind: 'cut upload', after } : undefined;
      const name = `${line.host}/app:1`;
      await run(app.page, `docker tag app:1 ${name}`);
      const pushed = await run(app.page, `docker push ${name}`);
      expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
      expect(line.exchanges.some(({ fault }) => fault?.kind === 'cut upload')).toBe(true);
      const sent = line.exchanges.reduce((sum, exchange) => sum + exchange.sent, 0);
      expect(sent).toBeLessThan(most);
      await isWhole(registry);
      const verified = await run(app.page, 'drydock verify --format json');
      expect(JSON.parse(verified.stdout)).toMatchObject({ problems: [] });
    });
  },
);
