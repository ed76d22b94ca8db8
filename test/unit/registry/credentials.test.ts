import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../src/registry/auth/credential';
import { Credentials } from '../../../src/registry/auth/credentials';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';

const ADA: Credential = { kind: 'password', username: 'ada', password: 'correct horse' };
const TOKEN: Credential = { kind: 'identity-token', token: 'a token' };

describe('logins', () => {
  it('are known for the session alone, where nobody asks for more', async () => {
    const { settings } = await openMemoryStore();
    const credentials = await Credentials.open(settings);
    await credentials.set('ghcr.io', ADA);
    expect(credentials.get('ghcr.io')).toEqual(ADA);
    expect(credentials.list()).toEqual([{ registry: 'ghcr.io', username: 'ada' }]);
    expect(await settings.get('registry.credentials')).toBeUndefined();
    const later = await Credentials.open(settings);
    expect([later.state, later.get('ghcr.io')]).toEqual(['session', undefined]);
  });

  it('are kept under a passphrase, which alone opens them', async () => {
    const { settings } = await openMemoryStore();
    const before = await Credentials.open(settings);
    await before.set('ghcr.io', ADA);
    await before.keep('sesame');
    await before.set('quay.io', TOKEN);

    const after = await Credentials.open(settings);
    expect([after.state, after.get('ghcr.io')]).toEqual(['locked', undefined]);
    await expect(after.unlock('Sesame')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    expect(after.state).toBe('locked');
    const changed: string[] = [];
    after.onChange((registry) => changed.push(registry));
    await after.unlock('sesame');
    expect([after.state, after.get('ghcr.io'), after.get('quay.io')]).toEqual(['kept', ADA, TOKEN]);
    expect(changed).toEqual(['ghcr.io', 'quay.io']);
    await after.delete('ghcr.io');

    const last = await Credentials.open(settings);
    await last.unlock('sesame');
    expect(last.list()).toEqual([{ registry: 'quay.io', username: undefined }]);
  });

  it('are stored as nothing that could be read', async () => {
    const { settings } = await openMemoryStore();
    const credentials = await Credentials.open(settings);
    await credentials.keep('sesame');
    await credentials.set('ghcr.io', ADA);
    const first = await settings.get('registry.credentials');
    await credentials.set('ghcr.io', ADA);
    const second = await settings.get('registry.credentials');
    const text = (value: unknown): string =>
      Object.values(value as Record<string, unknown>)
        .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : ''))
        .join();
    expect(text(first)).not.toMatch(/ada|horse|ghcr|sesame/);
    expect(text(first)).not.toBe(text(second));
  });

  it('that were tampered with do not open', async () => {
    const { settings } = await openMemoryStore();
    const credentials = await Credentials.open(settings);
    await credentials.keep('sesame');
    const stored = (await settings.get('registry.credentials')) as { data: Uint8Array };
    stored.data[0] = (stored.data[0] ?? 0) ^ 1;
    await settings.set('registry.credentials', stored);
    const after = await Credentials.open(settings);
    await expect(after.unlock('sesame')).rejects.toMatchObject({ code: 'wrong-passphrase' });
  });

  it('of this session go before kept ones', async () => {
    const { settings } = await openMemoryStore();
    const before = await Credentials.open(settings);
    await before.keep('sesame');
    await before.set('ghcr.io', TOKEN);
    const after = await Credentials.open(settings);
    await after.set('ghcr.io', ADA);
    await after.unlock('sesame');
    expect(after.get('ghcr.io')).toEqual(ADA);
  });

  it('that were logged out of while locked are gone once they are opened, and for good', async () => {
    const { settings } = await openMemoryStore();
    const before = await Credentials.open(settings);
    await before.set('ghcr.io', ADA);
    await before.set('quay.io', TOKEN);
    await before.keep('sesame');

    const locked = await Credentials.open(settings);
    await locked.delete('quay.io');
    for (let start = 0; start < 2; start++) {
      const later = await Credentials.open(settings);
      await later.unlock('sesame');
      expect(later.list()).toEqual([{ registry: 'ghcr.io', username: 'ada' }]);
    }
    const again = await Credentials.open(settings);
    await again.unlock('sesame');
    await again.set('quay.io', TOKEN);
    const last = await Credentials.open(settings);
    await last.unlock('sesame');
    expect(last.get('quay.io')).toEqual(TOKEN);
  });

  it('can be forgotten for good', async () => {
    const { settings } = await openMemoryStore();
    const credentials = await Credentials.open(settings);
    await credentials.keep('sesame');
    await credentials.set('ghcr.io', ADA);
    await credentials.forgetKept();
    expect([credentials.state, credentials.get('ghcr.io')]).toEqual(['session', ADA]);
    expect((await Credentials.open(settings)).state).toBe('session');
  });
});
