import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startDockerHub, type DockerHub } from '../servers/docker-hub';
import { pushArchive } from '../servers/push-images';
import { TOKEN_USER } from '../servers/token-server';
import { Drydock } from './drydock';

const samples = inject('sampleFolder');

/** The lines that people type first: names without a host, which stand for Docker Hub. */
describe.skipIf(samples === '')('Docker Hub, through the proxy', () => {
  let hub: DockerHub;
  let drydock: Drydock;

  beforeAll(async () => {
    hub = await startDockerHub();
    const user = TOKEN_USER;
    await pushArchive(hub.registry, join(samples, 'docker-save.tar'), 'library/nginx', { user });
    drydock = await Drydock.open({ fetch: hub.fetch, proxy: '/proxy/{url}' });
  });
  afterAll(() => hub.stop());

  it('is what docker search asks', async () => {
    expect(await drydock.run('docker search centos')).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout:
        'NAME             DESCRIPTION                                 STARS     OFFICIAL\n' +
        'centos           DEPRECATED; The official build of CentOS.   7860      [OK]\n' +
        'centos/systemd   systemd enabled base container.             120       \n',
    });
    expect(hub.asked).toEqual(['GET https://index.docker.io/v1/search?q=centos&n=25']);
  });

  it('is what docker pull pulls from: its registry under library/, with a token of its own server', async () => {
    const before = hub.asked.length;
    const tokensBefore = hub.tokens.requests.length;
    const { exitCode, stdout, stderr } = await drydock.run('docker pull nginx');
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').filter((line) => !/^[0-9a-f]{12}: /.test(line));
    expect(lines).toEqual([
      'Using default tag: latest',
      'latest: Pulling from library/nginx',
      expect.stringMatching(/^Digest: sha256:[0-9a-f]{64}$/),
      'Status: Downloaded newer image for nginx:latest',
      'docker.io/library/nginx:latest',
      '',
    ]);
    const scope = 'repository%3Alibrary%2Fnginx%3Apull';
    const [ping, token, head, ...rest] = hub.asked.slice(before);
    expect([ping, token, head]).toEqual([
      'GET https://registry-1.docker.io/v2/',
      `GET https://auth.docker.io/token?service=${hub.tokens.service}&scope=${scope}`,
      'HEAD https://registry-1.docker.io/v2/library/nginx/manifests/latest',
    ]);
    expect(rest.length).toBeGreaterThan(2);
    for (const each of rest) {
      expect(each).toMatch(/^GET https:\/\/registry-1\.docker\.io\/v2\/library\/nginx\//);
    }
    expect(hub.tokens.requests.slice(tokensBefore).map(({ user }) => user)).toEqual([undefined]);
  });

  it('has given what docker images and docker inspect then name', async () => {
    const listed = await drydock.run('docker images --format {{.Repository}}:{{.Tag}}');
    expect(listed.stdout).toBe('nginx:latest\n');
    const again = await drydock.run('docker pull docker.io/library/nginx:latest');
    expect(again.stdout).toContain('Status: Image is up to date for nginx:latest\n');
    const inspected = await drydock.run('docker inspect -f {{.RepoDigests}} nginx');
    expect(inspected.stdout).toMatch(/^\[nginx@sha256:[0-9a-f]{64}\]\n$/);
  });

  it('is named in what docker rmi untags', async () => {
    const inspected = await drydock.run(
      'docker inspect -f "{{index .RepoDigests 0}} {{.Id}}" nginx',
    );
    const [repoDigest = '', imageId = ''] = inspected.stdout.trim().split(' ');
    const { exitCode, stdout } = await drydock.run('docker rmi nginx');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'Untagged: nginx:latest',
      `Untagged: ${repoDigest}`,
      `Deleted: ${imageId}`,
    ]);
    expect((await drydock.run('docker images -aq')).stdout).toBe('');
  });
});
