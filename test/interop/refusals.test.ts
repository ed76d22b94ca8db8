import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { livePair } from './pair';
import { bothOver, JSON_TYPE, told, type Answer, type Refusal } from './refusing-line';

const HTML_TYPE = { 'Content-Type': 'text/html' };
const DENIED = 'requested access to the resource is denied';

/** How far the layers came meanwhile is a matter of chance. */
function begun({ stdout, ...answer }: Answer): unknown {
  return { ...answer, lines: stdout.split('\n').filter((line) => line.includes('Pulling')) };
}

const pair = await livePair();

/** Registries refuse in many ways: what docker prints of each, by its rules, is printed. */
describe.skipIf(pair === undefined)('what a registry refuses', () => {
  let engine: Engine;
  let registry: RegistryServer;
  let config = '';

  beforeAll(async () => {
    [engine, registry] = await Promise.all([Engine.start(), startRegistry()]);
    const image = buildImage({ layers: [1, 2].map((i) => [{ path: `f${i}`, content: `x${i}` }]) });
    config = image.imageId.replace('sha256:', '');
    const layout = new LayoutBuilder();
    await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
  });
  afterAll(async () => {
    await engine.stop();
    await registry.stop();
  });

  const both = async (
    command: string,
    isRefused: (path: string) => boolean,
    refusal: Refusal,
  ): Promise<readonly [ours: Answer, theirs: Answer]> => {
    const drydock = await Drydock.open();
    const over = { registry, engine, drydock, refusal };
    return bothOver({ ...over, isRefused: ({ path }) => isRefused(path) }, command);
  };

  const isManifest = (path: string): boolean => path.includes('/manifests/');
  const REFUSALS: readonly (readonly [string, Refusal])[] = [
    ['a code with its own sentence', told(403, 'DENIED', DENIED)],
    ['the same with details', told(403, 'DENIED', DENIED, [{ Name: 'app' }])],
    ['another sentence', told(403, 'DENIED', 'no way')],
    ['a manifest that is unknown', told(404, 'MANIFEST_UNKNOWN', 'manifest unknown')],
    ['the same with its tag', told(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: '1' })],
    ['a name', told(404, 'NAME_UNKNOWN', 'repository name not known to registry')],
    ['a name in other words', told(404, 'NAME_UNKNOWN', 'no such repository')],
    ['a code that is not known', told(412, 'BAD_POLICY', 'it is bad')],
    ['a login', told(401, 'UNAUTHORIZED', 'authentication required')],
    ['a login without words', { status: 401 }],
    ['nothing, with 403', { status: 403 }],
    ['nothing, with 404', { status: 404 }],
    ['a sentence', { status: 403, body: 'Forbidden\n' }],
    ['a server of something else', { status: 404, body: '404 page not found\n' }],
    ['a sentence that begins as JSON', { status: 404, body: 'not found' }],
    ['an object', { status: 404, body: '{}', type: JSON_TYPE }],
    ['a list', { status: 404, body: '[]', type: JSON_TYPE }],
    ['what broke off', { status: 404, body: '{"errors":', type: JSON_TYPE }],
    ['details', { status: 418, body: '{"details":"short and stout"}', type: JSON_TYPE }],
    ['a limit', told(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.')],
    ['a failure in JSON', told(500, 'UNKNOWN', 'disk')],
    ['a failure', { status: 503 }],
  ];

  it.each(REFUSALS)('is told of a manifest as docker tells it: %s', async (_, refusal) => {
    const [ours, theirs] = await both('docker pull {}/app:1', isManifest, refusal);
    expect(ours).toEqual(theirs);
  });

  it.each(REFUSALS.slice(0, 7))('is told of a list of tags alike: %s', async (_, refusal) => {
    const isTags = (path: string): boolean => path.includes('/tags/');
    const [ours, theirs] = await both('docker pull -a {}/app', isTags, refusal);
    expect(ours).toEqual(theirs);
  });

  it.each<[string, Refusal]>([
    ['that is not there', told(404, 'BLOB_UNKNOWN', 'blob unknown to registry')],
    ['that is not there, without words', { status: 404 }],
    ['that is denied', told(403, 'DENIED', 'no way')],
  ])('is told of a configuration alike: %s', async (_, refusal) => {
    const isConfig = (path: string): boolean => path.includes(config);
    const [ours, theirs] = await both('docker pull {}/app:1', isConfig, refusal);
    expect(begun(ours)).toEqual(begun(theirs));
  });

  it.each<[string, Refusal]>([
    ['that is not there', told(404, 'BLOB_UNKNOWN', 'blob unknown to registry')],
    ['that is not there, without words', { status: 404 }],
    ['that is denied', told(403, 'DENIED', 'no way')],
    ['that is denied, without words', { status: 403 }],
    ['that asks for a login', told(401, 'UNAUTHORIZED', 'authentication required')],
    ['that is over a limit', told(429, 'TOOMANYREQUESTS', 'enough')],
    ['that is gone', { status: 410, body: 'gone' }],
  ])('is told of a layer alike: %s', async (_, refusal) => {
    const isLayer = (path: string): boolean => path.includes('/blobs/') && !path.includes(config);
    const [ours, theirs] = await both('docker pull {}/app:1', isLayer, refusal);
    expect(begun(ours)).toEqual(begun(theirs));
  });

  it.each<[string, Refusal]>([
    ['403', told(403, 'DENIED', 'no')],
    ['404', told(404, 'UNSUPPORTED', 'no')],
    ['404 in plain words', { status: 404, body: '404 page not found' }],
    ['a page', { status: 200, body: '<!doctype html><p>Hello</p>', type: HTML_TYPE }],
    ['a page that refuses', { status: 403, body: '<!doctype html><p>No</p>', type: HTML_TYPE }],
    ['nothing', { status: 200 }],
    ['a limit', told(429, 'TOOMANYREQUESTS', 'enough')],
    ['a failure', { status: 500 }],
    ['a failure for now', { status: 503 }],
    ['a teapot', { status: 418 }],
  ])('of /v2/ itself keeps no image back: %s', async (_, refusal) => {
    const answers = await both('docker pull -q {}/app:1', (path) => path === '/v2/', refusal);
    expect(answers).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  });
});
