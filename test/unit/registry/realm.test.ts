import { describe, expect, it } from 'vitest';
import { checkRealm, type RealmQuestion } from '../../../src/registry/auth/realm';

/** Whoever is asked is noted, and agrees. */
async function questionsFor(registry: string, realm: string): Promise<readonly RealmQuestion[]> {
  const asked: RealmQuestion[] = [];
  const confirm = (question: RealmQuestion): Promise<boolean> => {
    asked.push(question);
    return Promise.resolve(true);
  };
  const origin = `https://${registry}`;
  const url = await checkRealm(`https://${realm}/token`, { registry, origin, realms: { confirm } });
  expect(url.host).toBe(realm);
  return asked;
}

describe('a token server', () => {
  it.each([
    ['registry-1.docker.io', 'auth.docker.io'],
    ['ghcr.io', 'ghcr.io'],
    ['registry.gitlab.com', 'gitlab.com'],
    ['registry.example.co.uk:5000', 'tokens.example.co.uk'],
    ['localhost:5000', '127.0.0.1:5001'],
    ['nvcr.io', 'authn.nvidia.com'],
    ['acme.azurecr.io', 'acme.azurecr.io'],
  ])('of %s on %s is its own', async (registry, realm) => {
    expect(await questionsFor(registry, realm)).toEqual([]);
  });

  it.each([
    ['quay.io', 'quay.example'],
    ['registry.example.co.uk', 'other.co.uk'],
    ['me.duckdns.org', 'evil.duckdns.org'],
    ['me.ngrok-free.app', 'evil.ngrok-free.app'],
    ['me.onrender.com', 'evil.onrender.com'],
    ['me.gitlab.io', 'evil.gitlab.io'],
    ['me.web.app', 'evil.web.app'],
    ['me.github.io', 'evil.github.io'],
    ['mine.azurecr.io', 'evil.azurecr.io'],
    ['a.eastus.cloudapp.azure.com', 'b.eastus.cloudapp.azure.com'],
    ['us-docker.pkg.dev', 'evil.pkg.dev'],
    ['a.s3.amazonaws.com', 'b.s3.amazonaws.com'],
    ['123.dkr.ecr.us-east-1.amazonaws.com', 'evil.s3.us-east-1.amazonaws.com'],
    ['123.dkr.ecr.us-east-1.amazonaws.com', '456.dkr.ecr.us-east-1.amazonaws.com'],
    ['registry.corp', 'tokens.corp'],
    ['10.0.0.1', '10.0.0.2'],
    ['[2001:db8::1]', '[2001:db8::2]'],
  ])('of %s on %s is asked about first', async (registry, realm) => {
    expect(await questionsFor(registry, realm)).toEqual([{ registry, realm }]);
  });

  it('that nobody agrees to is not asked', async () => {
    const realms = { confirm: () => Promise.resolve(false) };
    const check = checkRealm('https://evil.example/token', {
      registry: 'quay.io',
      origin: 'https://quay.io',
      realms,
    });
    await expect(check).rejects.toMatchObject({ code: 'realm-refused' });
  });

  it.each([
    'http://auth.docker.io/token',
    'https://user:pass@auth.docker.io/',
    'token',
    'file:///x',
  ])('at %s is refused', async (realm) => {
    const realms = { confirm: () => Promise.resolve(true) };
    const check = checkRealm(realm, {
      registry: 'docker.io',
      origin: 'https://registry-1.docker.io',
      realms,
    });
    await expect(check).rejects.toMatchObject({ code: 'bad-token' });
  });
});
