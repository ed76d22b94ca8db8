import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaType } from '../../../src/oci/media-types';
import { fetchWithin } from '../../../src/registry/http/idle-limit';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { startFaultProxy } from '../../servers/fault-proxy';
import { startLayoutRegistry } from '../../servers/layout-registry';
import { buildImage, LayoutBuilder } from '../../support/archive-builder';
import { environmentOf, run } from '../../support/fixture-store';
import { noise } from '../../support/streams';
import { startUpstream } from '../../support/upstream';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Milliseconds: all that these servers send comes at once, and then nothing. */
const IDLE_MS = 150;

async function pull(host: string, options?: Parameters<typeof run>[2]): ReturnType<typeof run> {
  const environment = environmentOf(await openMemoryStore(), { idleMs: IDLE_MS });
  return run(environment, `docker pull -q ${host}/app:1`, options);
}

/** A registry that answers pings, and else as it is told. */
async function registry(
  answer: (response: ServerResponse, path: string, method: string) => unknown,
): Promise<{ readonly host: string; readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = await startUpstream(({ method = '', url = '' }, response) => {
    asked.push(`${method} ${url}`);
    answer(response, url, method);
  });
  stops.push(() => server.close());
  return { host: server.host, url: server.url, asked };
}

const SILENT = {
  exitCode: 1,
  stdout: '',
  stderr: expect.stringMatching(
    /^(Error response from daemon: )?127\.0\.0\.1:\d+ has sent nothing for 0\.15 s\. Check the network and the server, then try again\.\n$/,
  ) as string,
};

function ok(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

describe('a server that lets nothing come', () => {
  it('is not waited for where it takes a request and never answers', async () => {
    const { host } = await registry(() => undefined);
    expect(await pull(host)).toMatchObject(SILENT);
  });

  it('is not waited for in the middle of a manifest', async () => {
    const { host, asked } = await registry((response, path, method) => {
      if (path === '/v2/') return ok(response);
      response.writeHead(200, { 'content-type': MediaType.ociManifest });
      return method === 'HEAD' ? response.end() : response.write('{"schemaVersion":');
    });
    expect(await pull(host)).toMatchObject(SILENT);
    expect(asked.filter((each) => each === 'GET /v2/app/manifests/1')).toHaveLength(1);
  });

  it('is not waited for where it is the token server', async () => {
    const tokens = await registry(() => undefined);
    const { host } = await registry((response) => {
      response.setHeader('www-authenticate', `Bearer realm="${tokens.url}/token"`);
      response.writeHead(401).end();
    });
    expect(await pull(host)).toMatchObject({
      ...SILENT,
      stderr: expect.stringContaining(`${tokens.host} has sent nothing`) as string,
    });
    expect(tokens.asked).toHaveLength(1);
  });

  it('is left at once where the user has had enough of it', async () => {
    const cancel = new AbortController();
    const { host } = await registry((response, path) => {
      if (path === '/v2/') ok(response);
      else cancel.abort(new DOMException('enough', 'AbortError'));
    });
    const given = await pull(host, { signal: cancel.signal });
    expect(given).toMatchObject({ exitCode: 130, stderr: '' });
  });
});

describe('a layer that stands still on its way', () => {
  const AFTER = 40_000;

  async function layerRegistry(): Promise<{ readonly url: string; readonly layer: string }> {
    const layout = new LayoutBuilder();
    const content = noise(100_000, 1);
    const tagged = layout.image(buildImage({ layers: [[{ path: 'noise', content }]] }));
    const server = await startLayoutRegistry(layout, () => tagged);
    stops.push(() => server.close());
    const { layers } = JSON.parse(new TextDecoder().decode(layout.bytesOf(tagged.digest))) as {
      layers: readonly { readonly digest: string }[];
    };
    return { url: server.url, layer: layers[0]?.digest ?? '' };
  }

  it('is gone on with where it was', async () => {
    const { url, layer } = await layerRegistry();
    const line = await startFaultProxy(url, ({ path, earlier }) =>
      path.endsWith(layer) && earlier === 0 ? { kind: 'stall', after: AFTER } : undefined,
    );
    stops.push(() => line.stop());
    expect(await pull(line.host)).toMatchObject({ exitCode: 0, stderr: '' });
    const [first, second, ...others] = line.exchanges.filter(({ path }) => path.endsWith(layer));
    expect([first?.range, first?.bytes, others]).toEqual([undefined, AFTER, []]);
    expect(second?.range).toMatch(new RegExp(`^bytes=${AFTER}-`));
  });

  it('is given up where it does so again and again', async () => {
    const { url, layer } = await layerRegistry();
    const line = await startFaultProxy(url, ({ path, earlier }) =>
      path.endsWith(layer) ? { kind: 'stall', after: earlier === 0 ? AFTER : 0 } : undefined,
    );
    stops.push(() => line.stop());
    const { exitCode, stderr } = await pull(line.host);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^[^\n]* broke off at byte ${AFTER} of \\d+; [^\n]*\n$`));
  });
});

describe('an answer without a body', () => {
  it.each([204, 205, 304])(
    'is taken, though a browser gives it an empty one: %i',
    async (status) => {
      const answer = new Response(null, { status, headers: { range: '0-41' } });
      Object.defineProperty(answer, 'body', { value: new Blob([]).stream() });
      const limits = { host: 'a.example', answerMs: IDLE_MS, idleMs: IDLE_MS };
      const request = { url: 'https://a.example/', init: {} };
      const taken = await fetchWithin(() => Promise.resolve(answer), request, limits);
      expect([taken.status, taken.headers.get('range')]).toEqual([status, '0-41']);
    },
  );
});
