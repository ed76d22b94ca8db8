import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startFaultProxy, type FaultProxy } from '../servers/fault-proxy';
import type { Fault, FaultPlan, FaultyRequest } from '../servers/faults';
import { pushLayout } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { noise } from '../support/streams';
import { Drydock } from './drydock';

/** What is done to all answers of a kind. */
type Spoil = (isHit: (request: FaultyRequest) => boolean) => FaultPlan;
const spoil =
  (fault: Fault): Spoil =>
  (isHit) =>
  (request) =>
    isHit(request) ? fault : undefined;
const endless = spoil({ kind: 'endless' });
const spoilt = spoil({ kind: 'corrupt', at: 20 });
const short = spoil({ kind: 'length', by: -20 });
const long = spoil({ kind: 'length', by: 20 });
const MANY = /is larger than the \d+ bytes allowed|sends more than the \d+ bytes/;
const WRONG = /has the digest sha256:\S+, not sha256:|is damaged|is not valid JSON/;
const BROKEN = /broke off/;

/** What a registry sends is measured and summed up before it is believed: one line says what is wrong, and nothing of it is stored. */
describe.skipIf(inject('sampleFolder') === '')('a registry that sends something else', () => {
  const image = buildImage({ layers: [[{ path: 'data', content: noise(200_000, 1) }]] });
  let registry: RegistryServer;
  let line: FaultProxy;
  let digest = '';

  beforeAll(async () => {
    registry = await startRegistry();
    line = await startFaultProxy(registry.url);
    const layout = new LayoutBuilder();
    const manifest = layout.image(image);
    digest = manifest.digest;
    await pushLayout(registry, layout.items([manifest]), 'app:1');
  });
  afterEach(() => {
    line.plan = () => undefined;
  });
  afterAll(async () => {
    await line.stop();
    await registry.stop();
  });

  const isManifest = ({ path }: FaultyRequest): boolean => path.includes('/manifests/');
  const isConfig = ({ path }: FaultyRequest): boolean => path.includes(image.imageId);
  const isLayer = (request: FaultyRequest): boolean =>
    request.path.includes('/blobs/') && !isConfig(request);
  const isList = ({ path }: FaultyRequest): boolean => /tags\/list|_catalog/.test(path);

  it.each<[string, string, FaultPlan, RegExp]>([
    ['a manifest without end', 'docker pull {}/app:1', endless(isManifest), MANY],
    ['another manifest', 'docker pull {}/app:1', spoilt(isManifest), WRONG],
    ['another manifest for a digest', 'docker pull {}/app@DIGEST', spoilt(isManifest), WRONG],
    ['less of a manifest', 'docker pull {}/app:1', short(isManifest), WRONG],
    ['less of a manifest than it says', 'docker pull {}/app:1', long(isManifest), BROKEN],
    ['a configuration without end', 'docker pull {}/app:1', endless(isConfig), MANY],
    ['another configuration', 'docker pull {}/app:1', spoilt(isConfig), WRONG],
    ['less of a configuration', 'docker pull {}/app:1', short(isConfig), BROKEN],
    ['a layer without end', 'docker pull {}/app:1', endless(isLayer), MANY],
    ['another layer', 'docker pull {}/app:1', spoilt(isLayer), WRONG],
    ['tags without end', 'drydock tags {}/app', endless(isList), MANY],
    ['less of a list of tags', 'drydock tags {}/app', short(isList), /is not valid JSON/],
    ['less of a list of tags than it says', 'drydock tags {}/app', long(isList), BROKEN],
    ['repositories without end', 'drydock catalog {}', endless(isList), MANY],
    ['a manifest without end, to look at', 'drydock remote {}/app:1', endless(isManifest), MANY],
    ['another manifest, to look at', 'drydock remote {}/app:1', spoilt(isManifest), WRONG],
    [
      'a layer without end, to look at',
      'drydock remote {}/app:1 data --layer 0',
      endless(isLayer),
      MANY,
    ],
    ['another layer, to look at', 'drydock remote {}/app:1 data --layer 0', spoilt(isLayer), WRONG],
    [
      'a manifest without end, to print',
      'docker manifest inspect {}/app:1',
      endless(isManifest),
      MANY,
    ],
    ['another manifest, to print', 'docker manifest inspect {}/app:1', spoilt(isManifest), WRONG],
  ])('is not believed: %s', async (_, command, plan, told) => {
    line.plan = plan;
    const drydock = await Drydock.open();
    const words = command.replace('{}', line.host).replace('DIGEST', digest);
    const { exitCode, stderr } = await drydock.run(words);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(told);
    expect((await drydock.run('docker images -aq')).stdout).toBe('');
    expect(await drydock.run('drydock verify --format json')).toMatchObject({
      stdout: '{"blobs":0,"bytes":0,"problems":[]}\n',
    });
  });
});
