import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type ProgramServer } from '../../servers/program-server';
import { rawRequest } from '../../support/raw-request';
import { startUpstream } from '../../support/upstream';

const SERVE = resolve('src/proxy/serve.ts');
const TSX = ['--import', import.meta.resolve('tsx')];

let server: ProgramServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A port that was free a moment ago. */
async function freePort(): Promise<string> {
  const upstream = await startUpstream(() => undefined);
  await upstream.close();
  return upstream.host.split(':')[1] ?? '';
}

async function start(
  env: Readonly<Record<string, string>>,
  root?: string,
): Promise<{ readonly url: string }> {
  const port = env['PORT'] ?? (await freePort());
  server = await startProgram(process.execPath, [...TSX, SERVE, ...(root ? [root] : [])], {
    listening: root
      ? /Drydock is on http:\/\/\S+:(\d+)/
      : /The proxy listens on http:\/\/\S+:(\d+)/,
    folder: mkdtempSync(join(tmpdir(), 'drydock-serve-')),
    env: { ...env, PORT: port },
  });
  expect(String(server.port)).toBe(port);
  return { url: `http://${env['HOST'] ?? '127.0.0.1'}:${port}` };
}

/** Runs it to its end, which is there at once where it cannot listen. */
function fail(env: Readonly<Record<string, string>>): Promise<{ code: unknown; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...TSX, SERVE],
      { env: { ...process.env, ...env }, timeout: 20_000 },
      (error, _, stderr) => done({ code: error?.code, stderr }),
    );
  });
}

describe('npm run proxy', () => {
  it('listens where PORT says, and reaches what DRYDOCK_PROXY_ALLOW lists, for itself alone', async () => {
    const registry = await startUpstream((_, response) => response.end('{}'));
    try {
      const { url } = await start({ DRYDOCK_PROXY_ALLOW: registry.url });
      const through = `${url}/proxy/${registry.url}/v2/`;
      expect(await (await fetch(through)).text()).toBe('{}');
      const other = await fetch(through, { headers: { origin: 'https://elsewhere.example' } });
      expect(other.status).toBe(403);
    } finally {
      await registry.close();
    }
  });

  it('lets in the pages that DRYDOCK_PROXY_ORIGINS lists, and reaches no host that is not allowed', async () => {
    const registry = await startUpstream((_, response) => response.end('{}'));
    const origin = 'http://192.168.1.5:4173';
    try {
      const { url } = await start({ DRYDOCK_PROXY_ORIGINS: origin });
      const reply = await fetch(`${url}/proxy/${registry.url}/v2/`, { headers: { origin } });
      expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
      expect(reply.status).toBe(403);
      expect(registry.requests).toEqual([]);
    } finally {
      await registry.close();
    }
  });

  it('says in a sentence that a port is taken, or none', async () => {
    const taken = await startUpstream(() => undefined);
    const port = taken.host.split(':')[1] ?? '';
    try {
      expect(await fail({ PORT: port })).toEqual({
        code: 1,
        stderr: `Port ${port} of 127.0.0.1 is taken. PORT chooses another.\n`,
      });
    } finally {
      await taken.close();
    }
    expect(await fail({ PORT: 'http' })).toEqual({
      code: 1,
      stderr: 'PORT: "http" is no port, which is a number from 1 to 65535.\n',
    });
  });

  it.each([
    'drydock.example',
    'ftp://drydock.example',
    'https://drydock.example/app',
    'https://drydock.example?a',
  ])('says in a sentence that %s is no origin', async (origin) => {
    expect(await fail({ DRYDOCK_PROXY_ORIGINS: origin })).toEqual({
      code: 1,
      stderr: `DRYDOCK_PROXY_ORIGINS: "${origin}" is no origin like https://drydock.example\n`,
    });
  });
});

describe('npm start', () => {
  it('serves the built app and the proxy together, at the address that HOST says', async () => {
    const root = mkdtempSync(join(tmpdir(), 'drydock-root-'));
    writeFileSync(join(root, 'index.html'), '<title>Drydock</title>');
    try {
      const { url } = await start({ HOST: '127.0.0.1' }, root);
      expect(await (await fetch(url)).text()).toContain('Drydock');
      expect((await fetch(`${url}/proxy/http://127.0.0.1:1/`)).status).toBe(403);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('passes a listed registry through, listens at no other address than HOST, and is asked under no other name', async () => {
    const root = mkdtempSync(join(tmpdir(), 'drydock-root-'));
    writeFileSync(join(root, 'index.html'), '<title>Drydock</title>');
    const registry = await startUpstream((_, response) => response.end('{}'));
    try {
      const env = { HOST: '127.0.0.2', DRYDOCK_PROXY_ALLOW: registry.url };
      const { url } = await start(env, root);
      expect(url).toContain('//127.0.0.2:');
      expect(await (await fetch(url)).text()).toContain('Drydock');
      const through = `${url}/proxy/${registry.url}/v2/`;
      expect(await (await fetch(through)).text()).toBe('{}');
      const statusUnder = async (host: string): Promise<number> =>
        (await rawRequest(through, { headers: { host } })).status;
      expect(await statusUnder('127.0.0.2')).toBe(200);
      expect(await statusUnder('drydock.example')).toBe(403);
      await expect(fetch(url.replace('127.0.0.2', '127.0.0.1'))).rejects.toMatchObject({
        cause: { code: 'ECONNREFUSED' },
      });
      expect(registry.requests.length).toBe(2);
    } finally {
      await registry.close();
      rmSync(root, { recursive: true });
    }
  });
});
