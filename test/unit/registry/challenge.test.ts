import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/registry/auth/challenge';

const plain = (header: string): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('challenges', () => {
  it('are read with their parameters, quoted or not', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service=registry.docker.io,scope="a:b:pull,push"';
    expect(plain(header)).toEqual([
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'a:b:pull,push',
        },
      ],
    ]);
  });

  it('may be several in one header', () => {
    const header = 'Negotiate, Basic realm="x", BEARER realm="https://a/b", error="invalid_token"';
    expect(plain(header)).toEqual([
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'https://a/b', error: 'invalid_token' }],
    ]);
  });

  it('may hold one value without a name', () => {
    expect(plain('Negotiate abc==, Basic realm="x"')).toEqual([
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ]);
  });

  it('keep quotes, commas and backslashes inside a quoted value', () => {
    expect(plain('Basic realm="a \\"b\\", c=\\\\d"')).toEqual([
      ['basic', { realm: 'a "b", c=\\d' }],
    ]);
  });

  it('end where the header is not one', () => {
    expect(plain('')).toEqual([]);
    expect(plain('"')).toEqual([]);
    const [basic] = parseChallenges('Basic realm="never closed');
    expect(basic).toEqual({ scheme: 'basic', parameters: new Map() });
  });

  it('are bounded in number', () => {
    expect(parseChallenges('a, '.repeat(10_000)).length).toBe(16);
  });
});
