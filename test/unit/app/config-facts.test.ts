import { describe, expect, it } from 'vitest';
import { configFacts, goDuration } from '../../../src/app/explorer/config-facts';
import { parseImageConfig } from '../../../src/oci/image-config';

const facts = (config: unknown) =>
  configFacts(
    parseImageConfig(
      new TextEncoder().encode(
        JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { diff_ids: [] }, config }),
      ),
    ),
  );

describe('configFacts', () => {
  it('reads what an image says of how to run it', () => {
    expect(
      facts({
        Entrypoint: ['/app/start.sh'],
        Cmd: ['serve', '--port', '80'],
        Env: ['PATH=/bin', 'EMPTY=', 'A=b=c', 'BARE'],
        ExposedPorts: { '8080/tcp': {} },
        Volumes: { '/data': {} },
        User: 'node',
        WorkingDir: '/app',
        StopSignal: 'SIGQUIT',
        OnBuild: ['COPY . .'],
        Labels: { a: 'b' },
        Healthcheck: { Test: ['CMD-SHELL', 'curl -f x'], Interval: 30e9, Retries: 3 },
      }),
    ).toMatchObject({
      entrypoint: ['/app/start.sh'],
      command: ['serve', '--port', '80'],
      environment: [
        { name: 'PATH', value: '/bin' },
        { name: 'EMPTY', value: '' },
        { name: 'A', value: 'b=c' },
        { name: 'BARE', value: '' },
      ],
      ports: ['8080/tcp'],
      volumes: ['/data'],
      user: 'node',
      workingDirectory: '/app',
      stopSignal: 'SIGQUIT',
      onBuild: ['COPY . .'],
      labels: [{ name: 'a', value: 'b' }],
      healthcheck: { test: 'curl -f x', interval: '30s', timeout: undefined, retries: 3 },
    });
  });

  it('takes a command that is one string, as old builders wrote it', () => {
    expect(facts({ Cmd: 'sh' }).command).toEqual(['sh']);
  });

  it('is empty for what is absent, null or of another type', () => {
    for (const config of [undefined, null, { Env: null, Cmd: 7, ExposedPorts: ['80'] }]) {
      expect(facts(config)).toMatchObject({
        entrypoint: [],
        command: [],
        environment: [],
        ports: [],
        healthcheck: undefined,
      });
    }
  });

  it('knows a health check that is switched off', () => {
    expect(facts({ Healthcheck: { Test: ['NONE'] } }).healthcheck?.test).toBeUndefined();
    expect(facts({ Healthcheck: { Test: ['CMD', 'a', 'b'] } }).healthcheck?.test).toBe('["a","b"]');
  });
});

describe('goDuration', () => {
  it.each([
    [0, undefined],
    [5e8, '500ms'],
    [30e9, '30s'],
    [90e9, '1m30s'],
    [3600e9, '1h'],
    [1.5e9, '1.5s'],
  ])('writes %d ns as %s', (nanoseconds, text) => {
    expect(goDuration(nanoseconds)).toBe(text);
  });
});
