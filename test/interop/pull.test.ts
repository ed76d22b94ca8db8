import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pushArchive, pushWithBuildah, pushWithDocker } from '../servers/push-images';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { startTokenServer, TOKEN_USER, type TokenServer } from '../servers/token-server';
import { Drydock } from './drydock';
import { Engine } from './engine';

const samples = inject('sampleFolder');
const archive = join(samples, 'docker-save.tar');

/** Without what the age of an image makes of it. */
const LIST =
  'docker images --digests --no-trunc --format {{.ID}},{{.Repository}},{{.Tag}},{{.Digest}},{{.Size}}';

interface Said {
  readonly exitCode: number;
  /** Lines that are about no layer, in order. */
  readonly lines: readonly string[];
  /** What is said of each layer, in order. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  readonly stderr: string;
}

function said({
  exitCode,
  stdout,
  stderr,
}: {
  exitCode: number;
  stdout: string;
  stderr: string;
}): Said {
  const lines: string[] = [];
  const layers: Record<string, string[]> = {};
  for (const line of stdout.split('\n')) {
    const [, layer, what = ''] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (layer === undefined) lines.push(line);
    else (layers[layer] ??= []).push(what);
  }
  return { exitCode, lines, layers, stderr };
}

/**
 * Both said the same. How far a layer is, the engine tells whoever listens only as its latest state (moby, `pkg/progress` and
 * `distribution/xfer/transfer.go`): which of the states before the last are printed is a matter of chance, their order is not.
 */
function expectSame(answers: readonly (readonly [ours: Said, theirs: Said])[]): void {
  for (const [ours, theirs] of answers) {
    const layers = Object.entries(ours.layers).map(([layer, states]) => {
      const printed = theirs.layers[layer] ?? [];
      return [layer, isPossible(printed, states) ? printed : states] as const;
    });
    expect({ ...ours, layers: Object.fromEntries(layers) }).toEqual(theirs);
  }
}

/** The repositories of one image are listed in the order that Go's maps have by chance. */
function inAnyOrder(answers: readonly (readonly [Said, Said])[]): readonly [Said, Said][] {
  const sorted = (answer: Said): Said => ({ ...answer, lines: answer.lines.toSorted() });
  return answers.map(([ours, theirs]) => [sorted(ours), sorted(theirs)]);
}

/** Whether of these states these may be printed: some of them, in order, and the last one. */
function isPossible(printed: readonly string[], states: readonly string[]): boolean {
  const rest = states[Symbol.iterator]();
  const inOrder = printed.every((state) => {
    for (let next = rest.next(); !next.done; next = rest.next())
      if (next.value === state) return true;
    return false;
  });
  return inOrder && printed.at(-1) === states.at(-1);
}

describe.skipIf(samples === '')('docker pull', () => {
  let engine: Engine;
  let registry: RegistryServer;

  beforeAll(async () => {
    engine = await Engine.start();
    registry = await startRegistry();
    await pushArchive(registry, archive, 'skopeo/gzip:1');
    await pushArchive(registry, archive, 'skopeo/gzip:latest');
    await pushArchive(registry, archive, 'skopeo/zstd:1', { compression: 'zstd' });
    await pushWithBuildah(registry, 'buildah/list:1');
    await engine.must(['pull', `${registry.host}/skopeo/gzip:1`]);
    const image = `${registry.host}/skopeo/gzip:1`;
    await pushWithDocker(engine, registry, { image, name: 'docker/app:1' });
    const small = `${registry.host}/buildah/list:1`;
    await engine.must(['pull', small]);
    for (const name of ['small/app:1', 'small/app:latest', 'small/copy:1'])
      await pushWithDocker(engine, registry, { image: small, name });
    await clear();
  });
  afterAll(async () => {
    await engine.stop();
    await registry.stop();
  });

  /** Takes every image out of the engine. */
  async function clear(): Promise<void> {
    const ids = (await engine.must(['images', '--all', '--quiet'])).split('\n').filter(Boolean);
    if (ids.length > 0) await engine.must(['rmi', '--force', ...new Set(ids)]);
  }

  /** Runs lines in the engine and in Drydock; `{}` stands for the registry. Resolves to what both said, line by line. */
  async function both(drydock: Drydock, lines: readonly string[]): Promise<[Said, Said][]> {
    const results: [Said, Said][] = [];
    for (const line of lines) {
      const words = line.replaceAll('{}', registry.host);
      const { exitCode, stdout, stderr } = await engine.docker(words.split(' ').slice(1));
      const theirs = { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
      results.push([said(await drydock.run(words)), said(theirs)]);
    }
    return results;
  }

  it.each([
    ['an image that skopeo pushed', 'docker pull {}/skopeo/gzip:1'],
    ['its default tag', 'docker pull {}/skopeo/gzip'],
    ['an image that docker pushed', 'docker pull {}/docker/app:1'],
    ['one platform of a list that buildah pushed', 'docker pull {}/buildah/list:1'],
    ['the other platform', 'docker pull --platform linux/arm64 {}/buildah/list:1'],
    ['every tag', 'docker pull --all-tags {}/skopeo/gzip'],
    ['quietly', 'docker pull --quiet {}/docker/app:1'],
    ['without a check of its signature', 'docker pull --disable-content-trust {}/docker/app:1'],
  ])('says and stores what docker does: %s', async (_, line) => {
    await clear();
    const drydock = await Drydock.open();
    const answers = await both(drydock, [line, line, LIST]);
    expectSame(answers);
    expect(answers[0]?.[0].exitCode).toBe(0);
    expect(await drydock.run('drydock verify')).toMatchObject({ exitCode: 0 });
  });

  it('pulls zstd layers, which the engine cannot read: the same files as of gzip', async () => {
    const drydock = await Drydock.open();
    const files = [];
    for (const name of ['gzip', 'zstd']) {
      const image = `${registry.host}/skopeo/${name}:1`;
      expect(await drydock.run(`docker pull ${image}`)).toMatchObject({ exitCode: 0, stderr: '' });
      files.push(await drydock.files(image));
    }
    expect(files[1]).toEqual(files[0]);
  });

  it('knows an image by its digest, without a tag', async () => {
    await clear();
    const drydock = await Drydock.open();
    await drydock.run(`docker pull ${registry.host}/docker/app:1`);
    const listed = await drydock.run('docker images --digests --format {{.Digest}}');
    const digest = listed.stdout.trim();
    const fresh = await Drydock.open();
    const answers = await both(fresh, [
      `docker pull {}/docker/app@${digest}`,
      LIST,
      `docker pull {}/docker/app:1@${digest}`,
      'docker pull {}/docker/app:1',
      LIST,
      'docker inspect --format {{.RepoDigests}}{{.RepoTags}} {}/docker/app:1',
    ]);
    expectSame(answers);
  });

  it('shares layers with what is here, and says so', async () => {
    await clear();
    const drydock = await Drydock.open();
    const answers = await both(drydock, [
      'docker pull {}/skopeo/gzip:1',
      'docker tag {}/skopeo/gzip:1 kept:1',
      'docker pull {}/docker/app:1',
    ]);
    expectSame(answers);
  });

  /** The name and digest that a pull of it leaves: `host/name@sha256:…`, with `{}` for the host. */
  async function digestName(name: string): Promise<string> {
    const drydock = await Drydock.open();
    await drydock.run(`docker pull ${registry.host}/${name}`);
    const { stdout } = await drydock.run('docker images --digests --format {{.Digest}}');
    return `{}/${name.replace(/:[^:]*$/, '')}@${stdout.trim()}`;
  }

  const REFS =
    'docker images --digests --no-trunc --format {{.ID}},{{.Repository}},{{.Tag}},{{.Digest}}';
  const NAMES = 'docker inspect --format {{.RepoTags}}{{.RepoDigests}}';

  it('removes what it pulled as docker does: by tag, by digest, by ID', async () => {
    const digest = await digestName('small/app:1');
    for (const lines of [
      ['docker pull {}/skopeo/gzip:1', 'docker rmi {}/skopeo/gzip:1'],
      ['docker pull {}/small/app:1', `docker rmi ${digest}`, REFS, `docker rmi ${digest}`],
      ['docker pull {}/small/app:1', `docker rmi ${digest}`, 'docker rmi {}/small/app:1'],
      [`docker pull ${digest}`, REFS, 'docker images', 'docker images -a', `docker rmi ${digest}`],
      [`docker pull ${digest}`, 'docker rmi {}/small/app', 'docker rmi {}/small/app:1'],
      ['docker pull --all-tags {}/small/app', REFS, 'docker rmi {}/small/app:1', REFS],
      ['docker pull --all-tags {}/small/app', `docker rmi ${digest}`, REFS],
      ['docker pull {}/small/app:1', 'docker tag {}/small/app:1 kept:1', `docker rmi ${digest}`],
      [
        'docker pull {}/small/app:1',
        'docker tag {}/small/app:1 kept:1',
        'docker rmi {}/small/app:1',
        REFS,
        `${NAMES} kept:1`,
        'docker rmi kept:1',
        REFS,
      ],
    ]) {
      await clear();
      expectSame(inAnyOrder(await both(await Drydock.open(), [...lines, REFS, LIST])));
    }
  });

  it('keeps an image that two repositories have until the last name is gone', async () => {
    const [app, copy] = [await digestName('small/app:1'), await digestName('small/copy:1')];
    for (const lines of [
      ['docker rmi {}/small/app:1', REFS, 'docker rmi {}/small/copy:1'],
      [`docker rmi ${app}`, REFS, `docker rmi ${copy}`, REFS, 'docker rmi {}/small/copy:1'],
      ['docker rmi ID', 'docker rmi -f ID'],
      ['docker rmi {}/small/app:1', 'docker rmi ID'],
      ['docker rmi {}/small/app:1 {}/small/copy:1'],
      [`docker rmi ${app} {}/small/app:1`],
    ]) {
      await clear();
      const drydock = await Drydock.open();
      const pulls = ['docker pull {}/small/app:1', 'docker pull {}/small/copy:1'];
      expectSame(inAnyOrder(await both(drydock, [...pulls, REFS, `${NAMES} {}/small/copy:1`])));
      const { stdout } = await drydock.run('docker images -q --no-trunc');
      const [id = ''] = stdout.split('\n');
      const all = [...lines.map((line) => line.replace('ID', id)), REFS, LIST];
      expectSame(inAnyOrder(await both(drydock, all)));
    }
  });

  /** Makes the tag 1 of a repository mean what another of its tags means. */
  async function moveTag(repository: string, from: string): Promise<void> {
    const url = `${registry.url}/v2/${repository}/manifests/`;
    const type = 'application/vnd.docker.distribution.manifest.v2+json';
    const manifest = await fetch(url + from, { headers: { accept: type } });
    const put = { method: 'PUT', headers: { 'content-type': type }, body: await manifest.text() };
    expect((await fetch(`${url}1`, put)).status).toBe(201);
  }

  it('keeps what a tag meant before, as <none>, with its digest', async () => {
    for (const [from, tag] of [
      ['skopeo/gzip:1', 'old'],
      ['buildah/list:1', 'new'],
    ] as const) {
      const image = `${registry.host}/${from}`;
      await engine.must(['pull', image]);
      await pushWithDocker(engine, registry, { image, name: `moved/app:${tag}` });
    }
    await clear();
    const drydock = await Drydock.open();
    await moveTag('moved/app', 'old');
    const first = await digestName('moved/app:1');
    const before = await both(drydock, [
      'docker pull {}/moved/app:1',
      'docker tag {}/moved/app:1 {}/moved/app:2',
      REFS,
      `${NAMES} {}/moved/app:2`,
      'docker rmi {}/moved/app:2',
    ]);
    expectSame(before);
    await moveTag('moved/app', 'new');
    const second = await digestName('moved/app:1');
    const after = await both(drydock, [
      'docker pull {}/moved/app:1',
      REFS,
      'docker images --digests',
      'docker images {}/moved/app',
      'docker images -f dangling=true -q',
      `${NAMES} ${first}`,
      `${NAMES} ${second}`,
      'docker rmi {}/moved/app:1',
      REFS,
      'docker images -a --digests',
      `docker rmi ${first}`,
      REFS,
      LIST,
    ]);
    expectSame(after);
  });

  const REFUSED = [
    'docker pull {}/skopeo/gzip:none',
    'docker pull {}/no/such',
    'docker pull --all-tags {}/no/such',
    `docker pull {}/skopeo/gzip@sha256:${'0'.repeat(64)}`,
    'docker pull --platform linux/s390x {}/buildah/list:1',
    'docker pull --platform arm64/v8 {}/buildah/list:1',
    'docker pull --platform windows {}/buildah/list:1',
    'docker pull --platform foo/bar {}/buildah/list:1',
    'docker pull --platform linux/ {}/buildah/list:1',
    'docker pull --platform nope {}/buildah/list:1',
    'docker pull --platform a/b/c/d {}/buildah/list:1',
    'docker pull --all-tags {}/skopeo/gzip:1',
    'docker pull {}/UPPER/case',
    'docker pull {}/a:b:c',
    'docker pull',
    'docker pull a b',
    'docker pull --no-such-flag a',
    'docker pull --help',
  ];

  it('refuses what docker refuses, in its words', async () => {
    await clear();
    const answers = await both(await Drydock.open(), REFUSED);
    expectSame(answers);
  });

  it('warns of another platform as docker does, which looks at the tag latest', async () => {
    await clear();
    const answers = await both(await Drydock.open(), [
      'docker pull {}/skopeo/gzip',
      'docker pull --platform linux/arm64 {}/skopeo/gzip:1',
      'docker pull --platform linux/arm64 {}/docker/app:1',
    ]);
    expectSame(answers);
  });

  describe('from a registry that wants a login', () => {
    const credential = {
      kind: 'password',
      username: HTPASSWD_USER.name,
      password: HTPASSWD_USER.password,
    } as const;

    it('asks for it as docker does, and pulls with it', async () => {
      const closed = await startRegistry({ auth: 'htpasswd' });
      try {
        await pushArchive(closed, archive, 'app:1', { user: HTPASSWD_USER });
        const line = `docker pull ${closed.host}/app:1`;
        const { exitCode, stderr } = await engine.docker(line.split(' ').slice(1));
        expect(await (await Drydock.open()).run(line)).toEqual({
          exitCode,
          stdout: '',
          stderr: stderr.toString(),
          files: {},
        });
        const drydock = await Drydock.open({ credential });
        expect(await drydock.run(line)).toMatchObject({ exitCode: 0 });
      } finally {
        await closed.stop();
      }
    });

    it('gets its tokens from a token server', async () => {
      const tokens: TokenServer = await startTokenServer();
      const closed = await startRegistry({ auth: tokens });
      try {
        await pushArchive(closed, archive, 'app:1', { user: TOKEN_USER });
        const drydock = await Drydock.open({ credential });
        expect(await drydock.run(`docker pull ${closed.host}/app:1`)).toMatchObject({
          exitCode: 0,
        });
        const refused = await (await Drydock.open()).run(`docker pull ${closed.host}/app:1`);
        const { stderr } = await engine.docker(['pull', `${closed.host}/app:1`]);
        expect(refused).toMatchObject({ exitCode: 1, stderr: stderr.toString() });
      } finally {
        await closed.stop();
        await tokens.stop();
      }
    });
  });
});
