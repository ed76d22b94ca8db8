import { describe, expect, it } from 'vitest';
import { fixtureEnvironment, run } from '../../support/fixture-store';

describe('docker version', () => {
  it('names Drydock in the client’s place, and no server', async () => {
    const { stdout, exitCode } = await run(await fixtureEnvironment(), 'docker version');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      'Client: Drydock 0.0.0\n Version:           28.2.2\n API version:       1.41\n OS/Arch:           linux/amd64\n Context:           default\n',
    );
  });

  it.each([
    ['{{.Client.Version}} {{.Client.Platform.Name}} {{.Server}}', '28.2.2 Drydock 0.0.0 <nil>\n'],
    ['{{json .Server}}', 'null\n'],
  ])('fills in %s', async (format, stdout) => {
    const result = await run(await fixtureEnvironment(), `docker version --format '${format}'`);
    expect(result).toMatchObject({ exitCode: 0, stdout });
  });

  it.each([
    [
      '{{.Nope}}',
      1,
      'template: version:1:2: executing "version" at <.Nope>: can\'t evaluate field Nope in type system.versionInfo\n',
    ],
    ['{{', 64, 'template parsing error: template: version:1: unclosed action\n'],
  ])('says of %s what docker says', async (format, exitCode, stderr) => {
    const result = await run(await fixtureEnvironment(), `docker version -f '${format}'`);
    expect(result).toMatchObject({ exitCode, stderr });
  });
});

describe('docker info', () => {
  it('counts the images that are here, and what they take of the browser’s storage', async () => {
    const environment = await fixtureEnvironment();
    const { stdout } = await run(environment, 'docker info');
    expect(stdout).toContain(' Images: 5\n Storage Driver: drydock\n  Stored: ');
    const { stdout: json } = await run(environment, 'docker system info --format json');
    expect(JSON.parse(json)).toMatchObject({
      Images: 5,
      Containers: 0,
      Driver: 'drydock',
      ClientInfo: { Version: '28.2.2' },
    });
    const line = "docker info -f '{{.Images}} {{.Driver}} {{.ClientInfo.Context}} {{.Runtimes}}'";
    expect((await run(environment, line)).stdout).toBe('5 drydock default <nil>\n');
  });

  it('says what docker says of a template that asks for more', async () => {
    const result = await run(await fixtureEnvironment(), "docker info -f '{{.Nope}}'");
    expect(result).toMatchObject({
      exitCode: 1,
      stderr:
        'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type system.dockerInfo\n',
    });
  });
});
