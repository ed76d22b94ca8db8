import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pushArchive, pushLayout, pushWithBuildah } from '../servers/push-images';
import { startRegistry, type RegistryServer } from '../servers/registry';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { Drydock } from './drydock';
import { run } from './program';

const samples = inject('sampleFolder');

/** The client asks the registry by itself: it needs no engine. */
describe.skipIf(samples === '')('docker manifest inspect', () => {
  let registry: RegistryServer;
  let drydock: Drydock;

  beforeAll(async () => {
    registry = await startRegistry();
    drydock = await Drydock.open();
    await pushArchive(registry, join(samples, 'docker-save.tar'), 'skopeo/gzip:1');
    await pushWithBuildah(registry, 'buildah/list:1');
    const layout = new LayoutBuilder();
    const windows = layout.image(buildImage(), {
      platform: { os: 'windows', architecture: 'amd64', 'os.version': '10.0.1 <&>' },
    });
    const arm = layout.image(buildImage({ architecture: 'arm' }), {
      annotations: { 'org.example': '<b>&\u2028"\\' },
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    });
    const index = layout.index([windows, arm, layout.attestation(arm)]);
    await pushLayout(registry, layout.items([index]), 'crafted/list:1');
    await pushLayout(registry, layout.items([arm]), 'crafted/arm');
  });
  afterAll(() => registry.stop());

  it.each([
    ['skopeo/gzip:1'],
    ['-v', 'skopeo/gzip:1'],
    ['buildah/list:1'],
    ['--verbose', 'buildah/list:1'],
    ['crafted/list:1'],
    ['-v', 'crafted/list:1'],
    ['crafted/arm'],
    ['-v', 'crafted/arm'],
    ['skopeo/none:1'],
    ['skopeo/gzip:none'],
    [`skopeo/gzip@sha256:${'0'.repeat(64)}`],
    ['buildah/list:1', 'skopeo/gzip:1'],
  ])('%s %s', async (...words) => {
    const args = words.map((word) => (word.startsWith('-') ? word : `${registry.host}/${word}`));
    const theirs = await run('docker', ['manifest', 'inspect', '--insecure', ...args]);
    const ours = await drydock.run(`docker manifest inspect --insecure ${args.join(' ')}`);
    expect(ours).toMatchObject({
      stdout: theirs.stdout.toString(),
      stderr: theirs.stderr.toString(),
      exitCode: theirs.exitCode,
    });
  });
});
