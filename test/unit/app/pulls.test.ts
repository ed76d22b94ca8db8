import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pulls } from '../../../src/app/registry/pulls.svelte';
import { Tasks } from '../../../src/app/tasks.svelte';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { parseReference } from '../../../src/oci/reference';
import { noteBegin } from '../../../src/registry/pull/unfinished-pulls';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { startLayoutRegistry } from '../../servers/layout-registry';
import { buildImage, LayoutBuilder, type BlobDescriptor } from '../../support/archive-builder';
import { loadInto } from '../../support/load-environment';
import { pullWith, registriesFor } from '../../support/registries';
import type { Upstream } from '../../support/upstream';

let layout: LayoutBuilder;
let tagged: BlobDescriptor;
let server: Upstream;
let store: Store;

beforeEach(async () => {
  layout = new LayoutBuilder();
  store = await openMemoryStore();
  server = await startLayoutRegistry(layout, () => tagged);
});
afterEach(() => server.close());

/** The pulls of a tab whose workers are this thread. */
function pullsOfTab(): Pulls {
  const parts = loadInto(store);
  const pullLayer = pullWith(parts.ingestLayer);
  return new Pulls({
    tasks: new Tasks(Date.now),
    parts: () => Promise.resolve({ ...parts, registries: registriesFor(), pullLayer }),
    jobs: { run: () => Promise.reject(new Error('nothing is looked into')) },
    onDone: () => Promise.resolve(),
  });
}

const reference = () => parseReference(`${server.host}/app:1`);

describe('the layers of a pull', () => {
  const [a, b] = [[{ path: 'a', content: 'a' }], [{ path: 'b', content: 'b' }]];

  it('are those of the image, one that it has twice in both its places', async () => {
    const image = buildImage({ layers: [a, b, a] });
    tagged = layout.image(image);
    const pull = pullsOfTab().start(reference(), DEFAULT_PLATFORM);
    await pull.run();
    expect(pull.outcome.kind).toBe('done');
    const rows = pull.rows.map(({ position, layer }) => [position, layer.digest, layer.state.kind]);
    const [first, second] = pull.layers.map(({ digest }) => digest);
    expect(rows).toEqual([
      [0, first, 'stored'],
      [1, second, 'stored'],
      [2, first, 'stored'],
    ]);
  });

  it('keep their places where the pull broke off', async () => {
    const image = buildImage({ layers: [a, b, a] });
    tagged = layout.image(image);
    const first = pullsOfTab().start(reference(), DEFAULT_PLATFORM);
    await first.run();
    const [, second] = first.layers;
    if (!second) throw new RangeError('there are two layers');
    const ingest = await store.content.begin({ key: second.digest });
    await ingest.write(new Uint8Array(1));
    await ingest.suspend();
    const note = await noteBegin(store, first, { layers: [second], now: Date.now });
    await note.brokenOff();
    const pulls = pullsOfTab();
    await pulls.findUnfinished();
    expect(pulls.all.flatMap(({ rows }) => rows.map(({ position }) => position))).toEqual([1]);
  });
});
