import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startFaultProxy } from '../servers/fault-proxy';
import { pushArchive, pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import {
  REFRESH_TOKEN,
  startTokenServer,
  TOKEN_USER,
  type TokenOptions,
  type TokenReply,
  type TokenServer,
} from '../servers/token-server';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { registriesFor } from '../support/registries';
import { noise } from '../support/streams';
import { Drydock } from './drydock';

const MiB = 1 << 20;
const samples = inject('sampleFolder');
const archive = join(samples, 'docker-save.tar');
const PASSWORD = {
  kind: 'password',
  username: TOKEN_USER.name,
  password: TOKEN_USER.password,
} as const;
const IDENTITY = { kind: 'identity-token', token: REFRESH_TOKEN } as const;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Guarded {
  readonly registry: RegistryServer;
  readonly tokens: TokenServer;
}

/** A real registry that takes the tokens of a token server. */
async function guarded(options: TokenOptions = {}): Promise<Guarded> {
  const tokens = await startTokenServer(options);
  stops.push(() => tokens.stop());
  const registry = await startRegistry({ auth: tokens });
  stops.push(() => registry.stop());
  return { registry, tokens };
}

/** … with an image that its user alone may pull. */
async function withImage(options: TokenOptions = {}): Promise<Guarded> {
  const server = await guarded(options);
  await pushArchive(server.registry, archive, 'app:1', { user: TOKEN_USER });
  return server;
}

describe.skipIf(samples === '')('a registry with a token server', () => {
  it('gives a refresh token for the password once, and tokens for that from then on', async () => {
    const { registry, tokens } = await withImage({ oauth: true });
    const drydock = await Drydock.open();
    const before = tokens.requests.length;
    const { name, password } = TOKEN_USER;
    const login = `docker login -u ${name} -p '${password}' ${registry.host}`;
    expect(await drydock.run(login)).toMatchObject({ exitCode: 0 });
    expect(await drydock.run(`docker pull ${registry.host}/app:1`)).toMatchObject({ exitCode: 0 });
    const [first, ...others] = tokens.requests.slice(before);
    expect(first).toMatchObject({ method: 'GET', isOffline: true, user: name });
    expect(others).toEqual([
      {
        method: 'POST',
        service: tokens.service,
        scopes: ['repository:app:pull'],
        isOffline: false,
        user: name,
        authorization: undefined,
      },
    ]);
  });

  it('is asked by GET where its token server knows no POST', async () => {
    const { registry, tokens } = await withImage({ oauth: false });
    const drydock = await Drydock.open({ credential: IDENTITY });
    const before = tokens.requests.length;
    expect(await drydock.run(`docker pull ${registry.host}/app:1`)).toMatchObject({ exitCode: 0 });
    const asked = tokens.requests.slice(before).map(({ method, user }) => [method, user]);
    expect(asked).toEqual([
      // What finds out the way to it, and brings nothing.
      ['GET', undefined],
      ['POST', TOKEN_USER.name],
      ['GET', TOKEN_USER.name],
    ]);
  });

  it.each<[TokenReply, RegExp]>([
    ['expired', /unauthorized/],
    ['other service', /unauthorized/],
    ['html', /sent a web page instead of the token/],
    ['empty', /its reply holds no token/],
    ['not json', /is not valid JSON/],
    ['endless', /is larger than the \d+ bytes allowed/],
    [{ status: 500 }, /no token today|HTTP status 500/],
  ])(
    'is left with one sentence, and nothing stored, where its tokens are %j',
    async (reply, text) => {
      const { registry, tokens } = await guarded({ reply });
      const drydock = await Drydock.open({ credential: PASSWORD });
      const { exitCode, stdout, stderr } = await drydock.run(
        `docker pull -q ${registry.host}/app:1`,
      );
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^[^\n]+\n$/);
      expect(stderr).toMatch(text);
      expect(stderr).not.toContain(TOKEN_USER.password);
      expect(tokens.requests.length).toBeLessThanOrEqual(8);
      expect((await drydock.run('drydock verify --format json')).stdout).toBe(
        '{"blobs":0,"bytes":0,"problems":[]}\n',
      );
    },
  );

  it.each<TokenReply>(['token', 'access_token'])(
    'is pulled from where its token is called %j alone',
    async (reply) => {
      const { registry } = await withImage({ reply });
      const drydock = await Drydock.open({ credential: PASSWORD });
      const pulled = await drydock.run(`docker pull -q ${registry.host}/app:1`);
      expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it('is gone on with under another token where one ends within a layer', async () => {
    const { registry, tokens } = await guarded();
    const layout = new LayoutBuilder();
    const large = { path: 'data', content: noise(3 * MiB, 1) };
    const image = layout.image(buildImage({ layers: [[large]] }));
    await pushLayout(registry, layout.items([image]), 'app:1', { user: TOKEN_USER });
    const { realm, service } = tokens;
    const ended = `Bearer realm="${realm}",service="${service}",scope="repository:app:pull",error="invalid_token"`;
    const line = await startFaultProxy(registry.url, ({ path, earlier }) => {
      if (!path.includes('/blobs/')) return undefined;
      if (earlier === 0) return { kind: 'cut', after: 1.5 * MiB };
      return earlier === 1
        ? { kind: 'status', status: 401, headers: { 'www-authenticate': ended } }
        : undefined;
    });
    stops.push(() => line.stop());
    const drydock = await Drydock.open({ credential: PASSWORD });
    const before = tokens.requests.length;
    const pulled = await drydock.run(`docker pull -q ${line.host}/app:1`);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' });
    const path = line.exchanges.find(({ bytes }) => bytes > MiB)?.path;
    const asked = line.exchanges.filter((exchange) => exchange.path === path);
    expect(asked.map(({ status }) => status)).toEqual([200, 401, 206]);
    const [first, second, third] = asked.map(({ authorization }) => authorization);
    expect([second === first, third === first]).toEqual([true, false]);
    expect(tokens.requests.slice(before).map(({ scopes }) => scopes)).toEqual([
      ['repository:app:pull'],
      ['repository:app:pull'],
    ]);
    expect(line.fetchedAgain()).toEqual([]);
  });

  it('gives one token for two repositories, by which a layer of one is mounted in the other', async () => {
    const { registry, tokens } = await guarded();
    const drydock = await Drydock.open({ credential: PASSWORD });
    const files = { 'a.tar': await openAsBlob(archive) };
    await drydock.run('docker load -i a.tar', { files });
    const id = (await drydock.run('docker images -q')).stdout.split('\n')[0] ?? '';
    const push = async (repository: string): Promise<string> => {
      const name = `${registry.host}/${repository}:1`;
      await drydock.run(`docker tag ${id} ${name}`);
      const { exitCode, stdout, stderr } = await drydock.run(`docker push ${name}`);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      return stdout;
    };
    expect(await push('one/app')).toContain(': Pushed\n');
    const before = tokens.requests.length;
    const second = await push('two/app');
    expect(second).toContain(': Mounted from one/app\n');
    expect(second).not.toContain(': Pushed\n');
    expect(tokens.requests.slice(before).map(({ scopes }) => scopes)).toEqual([
      ['repository:two/app:pull,push'],
      ['repository:two/app:pull,push', 'repository:one/app:pull'],
    ]);
  });

  it('that sends its users to another site is not obeyed unasked: nothing goes there', async () => {
    const { registry } = await guarded();
    const realm = 'Bearer realm="https://tokens.example/token",service="x"';
    const line = await startFaultProxy(registry.url, () => ({
      kind: 'headers',
      headers: { 'www-authenticate': realm },
    }));
    stops.push(() => line.stop());
    const asked = new Set<string>();
    const drydock = await Drydock.open({
      credential: PASSWORD,
      fetch: (url, init) => {
        asked.add(new URL(url).host);
        return fetch(url, init);
      },
    });
    const { exitCode, stderr } = await drydock.run(`docker pull -q ${line.host}/app:1`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^[^\n]*tokens\.example[^\n]*\n$/);
    expect([...asked]).toEqual([line.host]);
    expect(line.exchanges.flatMap(({ authorization }) => authorization ?? [])).toEqual([]);
  });

  it('gives a token that is good for 60 s where it does not say how long', async () => {
    const { registry, tokens } = await withImage({ reply: 'no expiry' });
    let now = Date.now();
    const drydock = await Drydock.open({ credential: PASSWORD, now: () => now });
    const count = async (): Promise<number> => {
      const before = tokens.requests.length;
      expect(await drydock.run(`drydock tags ${registry.host}/app`)).toMatchObject({ exitCode: 0 });
      return tokens.requests.length - before;
    };
    expect(await count()).toBe(1);
    now += 54_000;
    expect(await count()).toBe(0);
    now += 2_000;
    expect(await count()).toBe(1);
  });

  it('gets a token with the scope that its refusal names beside those that were thought of', async () => {
    const { registry, tokens } = await guarded();
    const { connection } = registriesFor({ credentials: { get: () => PASSWORD } }).open(
      registry.host,
    );
    const scopes = ['repository:app:pull'];
    const response = await connection.send({ path: '/v2/_catalog', scopes });
    expect(await response.json()).toEqual({ repositories: [] });
    expect(tokens.requests.map((request) => request.scopes)).toEqual([
      scopes,
      [...scopes, 'registry:catalog:*'],
    ]);
  });

  it('is answered by the one way of several that a page can go', async () => {
    const { registry, tokens } = await withImage();
    const { realm, service } = tokens;
    const header = `Negotiate, Digest realm="a, b", qop="auth", Basic realm="x", Bearer realm="${realm}",service="${service}"`;
    const front = await startFaultProxy(registry.url, () => ({
      kind: 'headers',
      headers: { 'www-authenticate': header },
    }));
    stops.push(() => front.stop());
    const drydock = await Drydock.open({ credential: PASSWORD });
    expect(await drydock.run(`docker pull ${front.host}/app:1`)).toMatchObject({ exitCode: 0 });
    const sent = front.exchanges.flatMap(({ authorization }) => authorization ?? []);
    expect(sent.filter((each) => !each.startsWith('Bearer '))).toEqual([]);
  });
});
