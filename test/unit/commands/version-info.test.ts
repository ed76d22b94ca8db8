import { describe, expect, it } from 'vitest';
import { fixtureEnvironment, run } from '../../support/fixture-store';

const COMPONENTS =
  '[{"Name":"Engine","Version":"20.10.24","Details":{"ApiVersion":"1.41","Arch":"amd64","Experimental":"false","MinAPIVersion":"1.12","Os":"linux"}}]\n';

/** Both answers in full are a golden: `test/golden/system.transcript`. */
describe('docker version', () => {
  it.each([
    ['{{.Client.Version}} {{.Client.Platform.Name}}', '28.2.2 Drydock 0.0.0\n'],
    ['{{.Server.Version}} {{.Server.Platform.Name}}', '20.10.24 Drydock 0.0.0\n'],
    ['{{json .Server.Components}}', COMPONENTS],
    ['{{.Client.GitCommit}} {{.Client.GoVersion}}', 'e6534b4 go1.24.3\n'],
    ['{{.Client.BuildTime}}', 'Fri May 30 12:07:14 2025\n'],
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
    expect(stdout).toContain(
      ' Images: 5\n Server Version: 20.10.24\n Storage Driver: drydock\n  Stored: ',
    );
    const { stdout: json } = await run(environment, 'docker system info --format json');
    expect(JSON.parse(json)).toMatchObject({
      Images: 5,
      Containers: 0,
      Driver: 'drydock',
      ClientInfo: { Version: '28.2.2' },
    });
    const line = "docker info -f '{{.Images}} {{.Driver}} {{.ClientInfo.Context}} {{.Runtimes}}'";
    expect((await run(environment, line)).stdout).toBe('5 drydock default map[]\n');
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
