import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FaultyRequest } from '../servers/faults';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { livePair } from './pair';
import { bothOver, JSON_TYPE, told, type Answer, type Refusal } from './refusing-line';

const archive = join(inject('sampleFolder'), 'docker-save.tar');
const pair = await livePair();

/** How far the layers came meanwhile is a matter of chance. */
function ended({ stdout, ...answer }: Answer): unknown {
  const [first, second] = stdout.split('\n');
  return { ...answer, first, second };
}

/** What docker prints of a push that a registry refuses, by its rules, is printed. */
describe.skipIf(pair === undefined)('a push that a registry refuses', () => {
  let engine: Engine;
  let drydock: Drydock;
  let registry: RegistryServer;
  let imageId = '';

  beforeAll(async () => {
    [engine, registry, drydock] = await Promise.all([
      Engine.start(),
      startRegistry(),
      Drydock.open(),
    ]);
    await engine.must(['load', '-i', archive]);
    await drydock.run('docker load -i a.tar', { files: { 'a.tar': await openAsBlob(archive) } });
    imageId = (await drydock.run('docker images -q --no-trunc')).stdout.split('\n')[0] ?? '';
  });
  afterAll(async () => {
    await engine.stop();
    await registry.stop();
  });

  async function agree(
    isRefused: (request: FaultyRequest) => boolean,
    refusal: Refusal,
  ): Promise<void> {
    const over = { registry, engine, drydock, isRefused, refusal };
    const [ours, theirs] = await bothOver(
      over,
      `docker tag ${imageId} {}/app:1`,
      'docker push {}/app:1',
    );
    expect(theirs.exitCode).toBe(1);
    expect(ended(ours)).toEqual(ended(theirs));
  }

  const isUpload = ({ method }: FaultyRequest): boolean => method === 'POST';
  const isEnd = ({ method, path }: FaultyRequest): boolean =>
    method === 'PUT' && path.includes('/blobs/uploads/');
  const isManifest = ({ method, path }: FaultyRequest): boolean =>
    method === 'PUT' && path.includes('/manifests/');

  const QUOTA = 'adding 2.1 MiB of storage, which would exceed the limit of 10.0 MiB.';
  /** What docker does not try again: see `retryOnError` in https://github.com/moby/moby/blob/v20.10.24/distribution/errors.go */
  const FINAL: readonly (readonly [string, Refusal])[] = [
    ['denied, with details', told(403, 'DENIED', 'requested access to the resource is denied', {})],
    ['denied, in other words', told(403, 'DENIED', 'no way')],
    ['a quota', told(412, 'DENIED', QUOTA)],
    ['a quota as too large', told(413, 'DENIED', QUOTA)],
    ['a login without words', { status: 401 }],
    ['read-only, in other words', told(405, 'UNSUPPORTED', 'read only')],
    ['read-only, without words', { status: 405 }],
    ['a name that is unknown', told(404, 'NAME_UNKNOWN', 'no such repository')],
    ['a limit', told(429, 'TOOMANYREQUESTS', 'enough')],
    ['nothing', { status: 403 }],
    ['a sentence', { status: 403, body: 'Forbidden\n' }],
  ];
  /** A code alone docker tries again: of a layer for 50 s, of a manifest not. */
  const PLAIN: readonly (readonly [string, Refusal])[] = [
    ['denied', told(403, 'DENIED', 'requested access to the resource is denied')],
    ['a login', told(401, 'UNAUTHORIZED', 'authentication required')],
    ['read-only', told(405, 'UNSUPPORTED', 'The operation is unsupported.')],
    ['a name', told(404, 'NAME_UNKNOWN', 'repository name not known to registry')],
    ['details', { status: 400, body: '{"details":"bad upload"}', type: JSON_TYPE }],
  ];
  it.each(FINAL)('before a layer is sent: %s', (_, refusal) => agree(isUpload, refusal));
  it.each(FINAL.slice(0, 3))('once a layer was sent: %s', (_, refusal) => agree(isEnd, refusal));

  it.each([
    ...FINAL,
    ...PLAIN,
    ['invalid', told(400, 'MANIFEST_INVALID', 'manifest invalid')],
    ['invalid, with details', told(400, 'MANIFEST_INVALID', 'manifest invalid', ['x'])],
    ['invalid, in other words', told(400, 'MANIFEST_INVALID', 'no such media type')],
    ['a blob that is unknown', told(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry')],
    ['a blob that is unknown, as a blob', told(404, 'BLOB_UNKNOWN', 'blob unknown to registry')],
    ['unverified', told(400, 'MANIFEST_UNVERIFIED', 'manifest failed signature verification')],
    ['a tag that is invalid', told(400, 'TAG_INVALID', 'manifest tag did not match URI')],
    ['a code that is not known', told(409, 'TAG_IMMUTABLE', 'tag 1 is immutable')],
    ['what is too large, without words', { status: 413 }],
    ['a failure in JSON', told(500, 'UNKNOWN', 'disk')],
    ['a failure', { status: 503 }],
  ] satisfies (readonly [string, Refusal])[])('of its manifest: %s', (_, refusal) =>
    agree(isManifest, refusal),
  );
});
