import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import type { Fault, FaultyRequest } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { Drydock } from './drydock';

const PAGE = '<!doctype html>\n<title>Welcome to the Wi-Fi of the station</title>';
const LOGIN_PAGE: Fault = {
  kind: 'status',
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: PAGE,
};
const UNNAMED_PAGE: Fault = { ...LOGIN_PAGE, headers: { 'Content-Type': 'application/json' } };

/** What a portal, a login page or a proxy answers in a registry's place. */
describe.skipIf(inject('sampleFolder') === '')('a web page in the place of', () => {
  let registry: RegistryServer;
  let line: FaultProxy;
  const image = buildImage();

  beforeAll(async () => {
    registry = await startRegistry();
    line = await startFaultProxy(registry.url);
    const layout = new LayoutBuilder();
    await pushLayout(registry, layout.items([layout.image(image)]), 'app:1');
  });
  afterAll(async () => {
    await line.stop();
    await registry.stop();
  });

  /** Requests that a command sent which were answered by a page. */
  async function answered(
    command: string,
    page: Fault,
    isHit: (request: FaultyRequest) => boolean,
    drydock?: Drydock,
  ): Promise<string[]> {
    line.plan = (request) => (isHit(request) ? page : undefined);
    const before = line.exchanges.length;
    const result = await (drydock ?? (await Drydock.open())).run(command);
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^.*127\.0\.0\.1:\d+ (sent|answers|answered).* a web page.*\n$/,
      ) as string,
    });
    return line.exchanges
      .slice(before)
      .filter(({ fault }) => fault !== undefined)
      .map(({ method }) => method);
  }

  it.each([
    ['by its type', LOGIN_PAGE, ['HEAD', 'GET']],
    ['by its beginning', UNNAMED_PAGE, ['HEAD', 'GET']],
  ])('a manifest is told at once, %s', async (_, page, methods) => {
    const command = `docker pull ${line.host}/app:1`;
    const isManifest = ({ path }: FaultyRequest): boolean => path.includes('/manifests/');
    expect(await answered(command, page, isManifest)).toEqual(methods);
  });

  it.each([
    ['by its type', LOGIN_PAGE],
    ['by its beginning', UNNAMED_PAGE],
  ])('a configuration is told at once, %s', async (_, page) => {
    const command = `docker pull ${line.host}/app:1`;
    const isConfig = ({ path }: FaultyRequest): boolean => path.includes(`/blobs/${image.imageId}`);
    expect(await answered(command, page, isConfig)).toEqual(['GET']);
  });

  it.each([
    ['by its type', LOGIN_PAGE],
    ['by its beginning', UNNAMED_PAGE],
  ])('a layer is told at once, %s', async (_, page) => {
    const command = `docker pull ${line.host}/app:1`;
    const isLayer = ({ path }: FaultyRequest): boolean =>
      path.includes('/blobs/') && !path.includes(image.imageId);
    const methods = await answered(command, page, isLayer);
    expect(new Set(methods)).toEqual(new Set(['GET']));
    expect(methods.length).toBeLessThanOrEqual(image.layers.length);
  });

  it('a list of tags or repositories, and the API itself, is told at once', async () => {
    const isList = ({ path }: FaultyRequest): boolean => /tags\/list|_catalog/.test(path);
    expect(await answered(`drydock tags ${line.host}/app`, LOGIN_PAGE, isList)).toEqual(['GET']);
    expect(await answered(`drydock catalog ${line.host}`, LOGIN_PAGE, isList)).toEqual(['GET']);
    const pull = `docker pull ${line.host}/app:1`;
    // What /v2/ is answered with keeps nothing back, as with docker: the manifest is asked for, too.
    expect(await answered(pull, LOGIN_PAGE, () => true)).toEqual(['GET', 'HEAD', 'GET']);
  });

  it('a blob that is looked for is no blob that is there: nothing counts as pushed', async () => {
    line.plan = () => undefined;
    const drydock = await Drydock.open();
    await drydock.run(`docker pull ${line.host}/app:1`);
    await drydock.run(`docker tag ${line.host}/app:1 ${line.host}/copy:1`);
    const isRegistry = ({ path }: FaultyRequest): boolean => path.startsWith('/v2/copy/');
    await answered(`docker push ${line.host}/copy:1`, LOGIN_PAGE, isRegistry, drydock);
  });
});
