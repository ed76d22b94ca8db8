import { describe, expect, it } from 'vitest';
import { viewCommand, type CommandView } from '../../../src/app/explorer/view-command';

function commandOf(view: Partial<CommandView>, query: Record<string, string> = {}): unknown {
  return viewCommand({
    origin: 'stored',
    word: 'acme/api:1.0',
    tab: 'files',
    ...view,
    query: new Map(Object.entries(query)),
  });
}

describe('the command of a view', () => {
  it('prints the files of the image, or of one layer', () => {
    expect(commandOf({})).toBe('drydock files acme/api:1.0');
    expect(commandOf({}, { layer: '2' })).toBe('drydock files --layer 2 acme/api:1.0');
    expect(commandOf({}, { layer: '2', show: 'final' })).toBe('drydock files acme/api:1.0');
  });

  it('prints its history and its configuration, of the platform that is shown', () => {
    expect(commandOf({ tab: 'history' })).toBe('docker history acme/api:1.0');
    expect(commandOf({ tab: 'config', platform: { os: 'linux', architecture: 'arm64' } })).toBe(
      'docker image inspect --platform linux/arm64 acme/api:1.0',
    );
  });

  it('looks at what is in a registry there', () => {
    expect(commandOf({ origin: 'remote', tab: 'history' })).toBe('drydock remote acme/api:1.0');
    expect(commandOf({ origin: 'remote' }, { layer: '0' })).toBe(
      'drydock remote --layer 0 acme/api:1.0',
    );
    expect(
      commandOf({
        origin: 'remote',
        tab: 'manifest',
        platform: { os: 'linux', architecture: 'arm64' },
      }),
    ).toBe('docker manifest inspect acme/api:1.0');
  });

  it('is none where no command shows the same', () => {
    expect(commandOf({ origin: 'opened' })).toBeUndefined();
    expect(commandOf({}, { layer: '1', show: 'stack' })).toBeUndefined();
  });
});
