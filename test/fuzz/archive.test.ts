import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCoded } from '../../src/base/errors';
import { loadArchive } from '../../src/archive/load';
import { openMemoryStore } from '../../src/store/memory/open-memory-store';
import {
  buildImage,
  docker110,
  docker19,
  docker25,
  docker29,
  jsonBytes,
  ociLayout,
  v1Id,
  type Json,
} from '../support/archive-builder';
import { all } from '../support/blobs';
import { loadInto, openItems } from '../support/load-environment';
import { tarOf, type TarItem } from '../support/tar-builder';

const TIME_BOX = { seed: 20260102, interruptAfterTimeLimit: 4000, numRuns: 2000 } as const;

const IMAGE = buildImage({ tags: ['app:1'] });
const ARCHIVES: readonly (readonly TarItem[])[] = [
  docker110([IMAGE, buildImage({ layers: [[]], tags: ['b:1'] })]),
  docker19([{ id: v1Id('a'), content: IMAGE.layers[0]! }], { app: { 1: v1Id('a') } }),
  docker25([IMAGE]),
  docker29(IMAGE, [buildImage({ architecture: 'arm64' })]),
  ociLayout([IMAGE]),
];

/** Loads, or is refused with an error that has a code; then nothing is stored. */
async function loadsOrRefuses(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const store = await openMemoryStore();
  try {
    const { images } = await loadArchive(await openItems(bytes), loadInto(store));
    expect(images.length).toBeGreaterThan(0);
  } catch (error) {
    if (!isCoded(error)) throw error;
    expect(await all(store.content.list())).toEqual([]);
    expect(await all(store.images.list())).toEqual([]);
  }
}

const document: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, -1, 1e300, '', '..', 'sha256:', IMAGE.imageId),
    fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'Config',
        'Layers',
        'RepoTags',
        'manifests',
        'layers',
        'config',
        'digest',
        'size',
        'mediaType',
        'annotations',
        'platform',
        'rootfs',
        'diff_ids',
        'history',
        '__proto__',
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

describe('an archive', () => {
  test('with a document in which anything was replaced loads or is refused', async () => {
    const change = fc.record({
      archive: fc.nat(ARCHIVES.length - 1),
      entry: fc.nat(),
      place: fc.nat(),
      value: document,
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ archive, entry, place, value }) => {
        const items = [...(ARCHIVES[archive] ?? [])];
        const documents = items.flatMap((item, i) => (jsonOf(item) === undefined ? [] : [i]));
        const at = documents[entry % documents.length] ?? 0;
        const json = replaceAt(jsonOf(items[at]!) ?? null, place, value);
        items[at] = { ...items[at]!, content: jsonBytes(json) };
        await loadsOrRefuses(tarOf(items));
      }),
      TIME_BOX,
    );
  }, 30_000);

  test('with entries lost, repeated, renamed, linked and shuffled loads or is refused', async () => {
    const edit = fc.record({
      kind: fc.constantFrom('drop', 'repeat', 'rename', 'link', 'hardlink', 'move'),
      from: fc.nat(),
      to: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(ARCHIVES.length - 1),
        fc.array(edit, { maxLength: 4 }),
        async (archive, edits) => {
          const items = [...(ARCHIVES[archive] ?? [])];
          for (const { kind, from, to } of edits) editItems(items, kind, [from, to]);
          await loadsOrRefuses(tarOf(items));
        },
      ),
      TIME_BOX,
    );
  }, 30_000);

  test('with bytes changed, lost and repeated loads or is refused', async () => {
    const wholes = ARCHIVES.map((items) => tarOf(items));
    const edit = fc.record({
      at: fc.nat(),
      length: fc.nat(600),
      bytes: fc.uint8Array({ maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(wholes.length - 1),
        fc.array(edit, { maxLength: 3 }),
        async (which, edits) => {
          let bytes = wholes[which] ?? new Uint8Array();
          for (const { at, length, bytes: put } of edits)
            bytes = splice(bytes, at % bytes.length, [length, put]);
          await loadsOrRefuses(bytes);
        },
      ),
      TIME_BOX,
    );
  }, 30_000);
});

function jsonOf({ content }: TarItem): Json | undefined {
  try {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The document with the value at the n-th of its places replaced, counted through. */
function replaceAt(json: Json, place: number, value: Json): Json {
  let left = place % countPlaces(json);
  const walk = (node: Json): Json => {
    if (left-- === 0) return value;
    if (Array.isArray(node)) return (node as readonly Json[]).map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, walk(child ?? null)]),
    );
  };
  return walk(json);
}

function countPlaces(json: Json): number {
  if (typeof json !== 'object' || json === null) return 1;
  return Object.values(json).reduce((sum: number, child) => sum + countPlaces(child as Json), 1);
}

function editItems(items: TarItem[], kind: string, [from, to]: readonly [number, number]): void {
  if (items.length === 0) return;
  const [a, b] = [from % items.length, to % items.length];
  const [source, target] = [items[a]!, items[b]!];
  switch (kind) {
    case 'drop':
      items.splice(a, 1);
      break;
    case 'repeat':
      items.push({ ...source, content: target.content ?? '' });
      break;
    case 'rename':
      items[a] = { ...source, path: target.path };
      break;
    case 'link':
      items[a] = { path: source.path, linkname: target.path };
      break;
    case 'hardlink':
      items[a] = { path: source.path, type: 'hardlink', linkname: target.path };
      break;
    default:
      items.splice(b, 0, ...items.splice(a, 1));
  }
}

function splice(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  [length, put]: readonly [number, Uint8Array],
): Uint8Array<ArrayBuffer> {
  const rest = bytes.subarray(at + length);
  const whole = new Uint8Array(at + put.length + rest.length);
  whole.set(bytes.subarray(0, at));
  whole.set(put, at);
  whole.set(rest, at + put.length);
  return whole;
}
