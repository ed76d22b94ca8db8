import { describe, expect, it } from 'vitest';
import { openedMistake } from '../../../src/app/registry/pull-route';
import { askedRemote } from '../../../src/app/remote/remote-context';
import { imageHash, parseRoute, routeHash } from '../../../src/app/route';
import { parseDigest } from '../../../src/oci/digest';

const ID = parseDigest(`sha256:${'8c'.repeat(32)}`);
const MANIFEST = `sha256:${'41'.repeat(32)}`;

describe('the address of an image in a registry', () => {
  const at = (ref: string) => parseRoute(`#/pull/inspect/files?ref=${encodeURIComponent(ref)}`);

  it('names the image, and one of its platforms', () => {
    const route = parseRoute(
      `#/pull/inspect/manifest?ref=ghcr.io%2Fa%2Fb%3A1&manifest=${MANIFEST}`,
    );
    expect(route).toMatchObject({ page: 'remote', tab: 'manifest' });
    expect(askedRemote(route)).toMatchObject({
      reference: { registry: 'ghcr.io', repository: 'a/b', tag: '1' },
      name: 'ghcr.io/a/b:1',
      manifest: MANIFEST,
    });
    expect(parseRoute(routeHash(route))).toEqual(route);
  });

  it('is its files where no tab is named, and nothing where the tab is unknown', () => {
    expect(parseRoute('#/pull/inspect?ref=a')).toMatchObject({ page: 'remote', tab: 'files' });
    expect(parseRoute('#/pull/inspect/waste?ref=a')).toMatchObject({ page: 'unknown' });
  });

  it('takes no digest of a manifest that is none', () => {
    const route = parseRoute('#/pull/inspect/files?ref=a%2Fb&manifest=sha256%3A12');
    expect(askedRemote(route)).toMatchObject({ manifest: undefined });
  });

  it.each([
    ['a::b', 'invalid reference format'],
    ['team/App', 'invalid reference format: repository name (team/App) must be lowercase'],
  ])('of %j says what docker says of it', (ref, message) => {
    expect(askedRemote(at(ref))).toBeUndefined();
    expect(openedMistake(at(ref))).toMatchObject({ code: 'bad-reference', message });
  });

  it('without a name has no mistake in it', () => {
    expect(openedMistake(parseRoute('#/pull/inspect/files'))).toBeUndefined();
    expect(openedMistake(at('a/b'))).toBeUndefined();
  });
});

describe('a route', () => {
  it.each([
    ['', { page: 'images' }],
    ['#', { page: 'images' }],
    ['#/', { page: 'images' }],
    ['#/images', { page: 'images' }],
    ['#/images/', { page: 'images' }],
    ['#/console', { page: 'console' }],
    ['#/settings', { page: 'settings' }],
  ])('of %j is a page', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('of an image has a tab, its files where none is named', () => {
    expect(parseRoute(`#/images/${ID}`)).toMatchObject({ imageId: ID, tab: 'files' });
    expect(parseRoute(`#/images/${ID}/history`)).toMatchObject({ imageId: ID, tab: 'history' });
  });

  it('of an image keeps what a tab put into it', () => {
    const route = parseRoute(`#/images/${ID}/files?manifest=${MANIFEST}&path=a%26b%2Fc%3F`);
    expect(route).toMatchObject({
      query: new Map([
        ['manifest', MANIFEST],
        ['path', 'a&b/c?'],
      ]),
    });
  });

  it('of an image may have its colon escaped, as some programs do to what is pasted', () => {
    expect(parseRoute(`#/images/${encodeURIComponent(ID)}/config`)).toMatchObject({ imageId: ID });
  });

  it.each([
    '#/nowhere',
    '#/images/sha256:12',
    `#/images/${ID}/treasure`,
    `#/images/${ID}/files/more`,
    `#/console/${ID}`,
    '#/images/%E0%A4%A',
  ])('of %j is unknown, and keeps its hash', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'unknown', hash });
    expect(routeHash(parseRoute(hash))).toBe(hash);
  });

  it('read from its own hash is the same route', () => {
    const route = {
      page: 'image',
      imageId: ID,
      tab: 'files',
      query: new Map([['path', 'etc/ä b\\x00']]),
    } as const;
    expect(parseRoute(routeHash(route))).toEqual(route);
    expect(imageHash(ID)).toBe(`#/images/${ID}/files`);
  });
});
