import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Credential } from '../../src/registry/auth/credential';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { startTokenServer, TOKEN_USER } from '../servers/token-server';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { tarOf } from '../support/tar-builder';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { run } from './program';

const samples = inject('sampleFolder');

/** What Drydock pushes, other tools pull; what it says of it, docker says. */
describe.skipIf(samples === '')('docker push', () => {
  let engine: Engine;
  let registry: RegistryServer;

  beforeAll(async () => {
    [engine, registry] = await Promise.all([Engine.start(), startRegistry()]);
  });
  afterAll(async () => {
    await engine.stop();
    await registry.stop();
  });

  async function loaded(sample = 'docker-save', credential?: Credential): Promise<Drydock> {
    const drydock = await Drydock.open({ credential });
    const files = { 'a.tar': await openAsBlob(join(samples, `${sample}.tar`)) };
    expect(await drydock.run('docker load -i a.tar', { files })).toMatchObject({ stderr: '' });
    return drydock;
  }

  async function firstId(shell: (line: string[]) => Promise<string>): Promise<string> {
    return (await shell(['images', '-q', '--no-trunc'])).split('\n')[0] ?? '';
  }

  const drydockId = async (drydock: Drydock): Promise<string> =>
    firstId(async (words) => (await drydock.run(`docker ${words.join(' ')}`)).stdout);

  it('sends what is stored, which docker and skopeo pull: the same ID, the same digests', async () => {
    const drydock = await loaded();
    const id = await drydockId(drydock);
    const name = `${registry.host}/first/app:1`;
    await drydock.run(`docker tag ${id} ${name}`);
    const pushed = await drydock.run(`docker push ${name}`);
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
    const digest = /digest: (sha256:\S+) size: \d+\n$/.exec(pushed.stdout)?.[1];
    await engine.must(['pull', name]);
    const [inspected] = JSON.parse(await engine.must(['image', 'inspect', name])) as {
      Id: string;
      RepoDigests: string[];
    }[];
    expect(inspected?.Id).toBe(id);
    expect(inspected?.RepoDigests).toEqual([`${registry.host}/first/app@${digest ?? ''}`]);
    const ours = await drydock.run(`docker image inspect --format '{{json .RepoDigests}}' ${id}`);
    expect(JSON.parse(ours.stdout)).toEqual(inspected?.RepoDigests);
    const skopeo = await run('skopeo', ['inspect', '--tls-verify=false', `docker://${name}`]);
    expect(JSON.parse(skopeo.stdout.toString())).toMatchObject({ Digest: digest });
  });

  it('prints what docker prints, of a first push, a second, another tag and another repository', async () => {
    const drydock = await loaded();
    const id = await drydockId(drydock);
    const fresh = await startRegistry();
    onTestFinished(() => fresh.stop());
    await engine.must(['load', '-i', join(samples, 'docker-save.tar')]);
    const lines = async (words: readonly string[]): Promise<unknown> => {
      const theirs = await engine.docker(words.map((word) => word.replace('NAME', 'theirs')));
      const ours = await drydock.run(
        `docker ${words.map((word) => word.replace('NAME', 'ours')).join(' ')}`,
      );
      expect(sorted(ours.stdout)).toEqual(sorted(theirs.stdout.toString()));
      expect({ ...ours, stdout: '', stderr: masked(ours.stderr) }).toMatchObject({
        stderr: masked(theirs.stderr.toString()),
        exitCode: theirs.exitCode,
      });
      return ours;
    };
    const app = `${fresh.host}/NAME/app`;
    for (const name of [`${app}:1`, `${app}:2`, `${fresh.host}/NAME/other`]) {
      await lines(['tag', id, name]);
    }
    await lines(['push', `${app}:1`]);
    await lines(['push', `${app}:1`]);
    await lines(['push', '--all-tags', app]);
    await lines(['push', `${fresh.host}/NAME/other`]);
    await lines(['push', '--quiet', `${fresh.host}/NAME/other`]);
    await lines(['push', '--disable-content-trust', `${fresh.host}/NAME/other`]);
    await lines(['push', '-a', '-q', app]);
    await lines(['push', `${app}:nope`]);
    await lines(['push', `${fresh.host}/NAME/none`]);
    await lines(['push', '-a', `${fresh.host}/NAME/none`]);
    await lines(['push', '-a', `${app}:1`]);
    await lines(['push', `${app}@sha256:${'0'.repeat(64)}`]);
  });

  it('sends an index with all its platforms and attestations, or one platform of it', async () => {
    const layout = new LayoutBuilder();
    const amd64 = layout.image(buildImage(), { platform: { os: 'linux', architecture: 'amd64' } });
    const arm64 = layout.image(buildImage({ architecture: 'arm64' }), {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const index = layout.index([amd64, arm64, layout.attestation(amd64)]);
    const drydock = await Drydock.open();
    const name = `${registry.host}/multi/app:1`;
    const files = {
      'a.tar': new Blob([
        tarOf(layout.items([{ ...index, annotations: { 'io.containerd.image.name': name } }])),
      ]),
    };
    expect(await drydock.run('docker load -i a.tar', { files })).toMatchObject({ stderr: '' });
    const pushed = await drydock.run(`docker push ${name}`);
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(pushed.stdout).toContain(`1: digest: ${index.digest} size: ${index.size}\n`);
    for (const arch of ['amd64', 'arm64']) {
      const args = ['--override-arch', arch, '--tls-verify=false', `docker://${name}`];
      const { stdout } = await run('skopeo', ['inspect', ...args]);
      expect(JSON.parse(stdout.toString())).toMatchObject({ Architecture: arch });
    }
    const one = await drydock.run(`docker push --platform linux/arm64 ${name}`);
    expect(one.stdout).toContain(`1: digest: ${arm64.digest} size: ${arm64.size}\n`);
    expect(await drydock.run(`docker push --platform linux/s390x ${name}`)).toMatchObject({
      exitCode: 1,
      stderr: `image with reference ${name} was found but does not provide the specified platform (linux/s390x)\n`,
    });
  });

  it('is refused by a registry with a login, in the words that docker prints', async () => {
    const tokens = await startTokenServer();
    onTestFinished(() => tokens.stop());
    for (const auth of [tokens, 'htpasswd'] as const) {
      const closed = await startRegistry({ auth });
      onTestFinished(() => closed.stop());
      const name = `${closed.host}/secret/app:1`;
      const user = auth === 'htpasswd' ? HTPASSWD_USER : TOKEN_USER;
      const drydock = await loaded();
      const id = await drydockId(drydock);
      await drydock.run(`docker tag ${id} ${name}`);
      await engine.must(['tag', id, name]);
      const theirs = await engine.docker(['push', name]);
      const ours = await drydock.run(`docker push ${name}`);
      expect({ ...ours, stdout: sorted(ours.stdout) }).toMatchObject({
        stdout: sorted(theirs.stdout.toString()),
        stderr: theirs.stderr.toString(),
        exitCode: theirs.exitCode,
      });
      const known = await loaded('docker-save', {
        kind: 'password',
        username: user.name,
        password: user.password,
      });
      await known.run(`docker tag ${id} ${name}`);
      expect(await known.run(`docker push ${name}`)).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });
});

/** Docker packs layers anew, so that digests and sizes are its own; layers end in any order. */
function sorted(text: string): string[] {
  return masked(text).split('\n').filter(isNoWait).sort();
}

/** Which layers wait, and which have begun before that could be said, is left to chance. */
function isNoWait(line: string): boolean {
  return !line.endsWith(': Waiting');
}

function masked(text: string): string {
  return text
    .replaceAll(/sha256:[0-9a-f]{64} size: \d+/g, 'DIGEST')
    .replaceAll(/\b(?:ours|theirs)\//g, 'NAME/');
}
