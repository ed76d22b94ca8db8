import { describe, expect, it } from 'vitest';
import { AllowList } from '../../../src/proxy/allow-list';
import { CallerCheck } from '../../../src/proxy/caller';

describe('the allow list', () => {
  const shipped = new AllowList([]);
  const steps = (url: string): boolean[] =>
    (['request', 'redirect'] as const).map((step) => shipped.check(new URL(url), step).allowed);

  it.each([
    'https://registry-1.docker.io/v2/',
    'https://ghcr.io/token',
    'https://europe-west1-docker.pkg.dev/v2/',
    'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/v2/',
    'https://team.azurecr.io/v2/',
  ])('has %s', (url) => {
    expect(steps(url)).toEqual([true, true]);
  });

  it.each([
    'https://production.cloudflare.docker.com/x',
    'https://docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com/x',
    'https://prod-registry-k8s-io-eu-central-1.s3.dualstack.eu-central-1.amazonaws.com/x',
    'https://pkg-containers.githubusercontent.com/x',
    'https://d5l0dvt14r5h8.cloudfront.net/x',
  ])('has %s for a redirect', (url) => {
    expect(steps(url)).toEqual([false, true]);
  });

  it.each([
    'https://execute-api.eu-central-1.amazonaws.com/',
    'https://ec2-1-2-3-4.compute-1.amazonaws.com/',
    'https://dkr.ecr.eu-central-1.amazonaws.com.evil.example/',
    'https://evil-ghcr.io/',
    'https://azurecr.io/',
    'https://registry-1_docker.io/',
    'https://ghcr.io:444/',
    'http://ghcr.io/',
  ])('has not %s', (url) => {
    expect(steps(url)).toEqual([false, false]);
  });

  it('takes hosts, ports and plain http, in every spelling of a host', () => {
    const list = new AllowList(['Registry.Example', 'b.example:5000', 'http://[::1]:5000']);
    const listed = (url: string): boolean => list.check(new URL(url), 'request').listed;
    expect(listed('https://registry.example/v2/')).toBe(true);
    expect(listed('https://registry.example:443/v2/')).toBe(true);
    expect(listed('http://registry.example/v2/')).toBe(false);
    expect(listed('https://registry.example:444/v2/')).toBe(false);
    expect(listed('https://b.example:5000/v2/')).toBe(true);
    expect(listed('https://b.example/v2/')).toBe(false);
    expect(listed('http://[0:0::1]:5000/v2/')).toBe(true);
  });

  it.each(['ftp://a.example', 'http://', 'https://a.example/path', 'u@a.example', 'a b'])(
    'does not take %s',
    (entry) => {
      expect(() => new AllowList([entry])).toThrow(`DRYDOCK_PROXY_ALLOW: "${entry}" is no host`);
    },
  );
});

describe('the list of origins', () => {
  it.each(['pages.example', 'localhost:3000', 'null', 'file:///x', 'data:,'])(
    'does not take %s, by which pages without an origin would come in',
    (entry) => {
      expect(() => new CallerCheck([entry], [])).toThrow(`DRYDOCK_PROXY_ORIGINS: "${entry}" is no`);
    },
  );

  it('takes a name that the server listens on, in any spelling', () => {
    const check = new CallerCheck([], ['NAS.local', '::2', '[::3]', '0.0.0.0']);
    const passes = (host: string): boolean => {
      try {
        check.check(new Headers({ host }));
        return true;
      } catch {
        return false;
      }
    };
    expect(['nas.local:4173', '[::2]', '[::3]:1', '0.0.0.0'].map(passes)).toEqual(
      Array(4).fill(true),
    );
    expect(['', ':80', 'nas', 'nas.local.', '[::4]', '10.0.0.1'].map(passes)).toEqual(
      Array(6).fill(false),
    );
  });
});
