import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLayers } from '../../src/layer/stack/merge-layers';
import { layerOf } from '../support/layer-of';
import { typeOf, type TarItem } from '../support/tar-builder';

interface ModelItem extends TarItem {
  readonly path: string;
}

/** What a path is, in the model: its type, and the mode by which its entry is known. */
interface ModelEntry {
  readonly type: string;
  readonly mode: number;
}

type Model = Map<string, ModelEntry>;

/** Layers applied one by one to a map of paths: first what hides, then what is added, in the order of the tar. */
function applyLayers(layers: readonly (readonly ModelItem[])[]): Model {
  const model: Model = new Map();
  for (const layer of layers) {
    const items = placed(layer);
    for (const { path } of items) hide(model, path);
    for (const { path } of items) {
      if (baseOf(path).startsWith('.wh.')) makeDirectory(model, parentOf(path));
    }
    for (const item of items) if (!baseOf(item.path).startsWith('.wh.')) add(model, item);
  }
  return model;
}

function lastOfEach(items: readonly ModelItem[]): readonly ModelItem[] {
  const last = new Map(items.map((item, i) => [withoutSlash(item.path), i]));
  return items.filter((item, i) => last.get(withoutSlash(item.path)) === i);
}

/** Items where the symlinks that come before them in their layer lead them; in a ring, where they are. */
function placed(items: readonly ModelItem[]): readonly ModelItem[] {
  return items.map((item, i) => {
    const links = lastOfEach(items.slice(0, i)).filter((item) => typeOf(item) === 'symlink');
    const isOpaque = baseOf(item.path) === '.wh..wh..opq';
    let path = isOpaque ? parentOf(item.path) : item.path;
    for (let hop = 0; hop < 40; hop++) {
      const link = links
        .filter((each) => path.startsWith(`${each.path}/`) && path !== `${each.path}/`)
        .sort((a, b) => a.path.length - b.path.length)[0];
      if (!link) return { ...item, path: isOpaque ? join(path, baseOf(item.path)) : path };
      path = join(parentOf(link.path), `${String(link.linkname)}${path.slice(link.path.length)}`);
    }
    return item;
  });
}

function hide(model: Model, path: string): void {
  const base = baseOf(path);
  const parent = parentOf(path);
  if (base === '.wh..wh..opq') removeBelow(model, parent);
  else if (base.startsWith('.wh.')) remove(model, join(parent, base.slice(4)));
}

function add(model: Model, item: ModelItem): void {
  const path = withoutSlash(item.path);
  const type = typeOf(item);
  makeDirectory(model, parentOf(path));
  if (!(type === 'dir' && model.get(path)?.type === 'dir')) remove(model, path);
  model.set(path, { type, mode: item.mode ?? 0 });
}

function makeDirectory(model: Model, path: string): void {
  if (path === '') return;
  makeDirectory(model, parentOf(path));
  if (model.get(path)?.type !== 'dir') model.set(path, { type: 'dir', mode: 493 });
}

function remove(model: Model, path: string): void {
  model.delete(path);
  removeBelow(model, path);
}

function removeBelow(model: Model, path: string): void {
  for (const key of model.keys()) {
    if (path === '' || key.startsWith(`${path}/`)) model.delete(key);
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

function baseOf(path: string): string {
  return withoutSlash(path).split('/').at(-1) ?? '';
}

function parentOf(path: string): string {
  return withoutSlash(path).split('/').slice(0, -1).join('/');
}

function join(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`;
}

const names = fc.constantFrom('a', 'b', 'a-', 'ab');
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const directories = fc.array(names, { maxLength: 3 }).map((parts) => parts.join('/'));
const items: fc.Arbitrary<ModelItem> = fc.oneof(
  { weight: 4, arbitrary: paths.map((path) => ({ path })) },
  { weight: 4, arbitrary: paths.map((path) => ({ path: `${path}/` })) },
  { weight: 1, arbitrary: paths.map((path) => ({ path, linkname: 'a' })) },
  {
    weight: 2,
    arbitrary: paths.map((path) => ({ path: join(parentOf(path), `.wh.${baseOf(path)}`) })),
  },
  { weight: 1, arbitrary: directories.map((path) => ({ path: join(path, '.wh..wh..opq') })) },
);
/** Every entry has a mode of its own, by which it is known again. */
const layers = fc
  .array(fc.array(items, { maxLength: 12 }), { maxLength: 5 })
  .map((all) =>
    all.map((layer, l) => layer.map((item, i) => ({ ...item, mode: 1000 + l * 100 + i }))),
  );

describe('stacked layers', () => {
  it('are what applying them one by one to a map of paths gives', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const merged = mergeLayers(all.map((layer) => layerOf(layer)));
        const found = [...merged.entries()].map(({ path, type, mode }) => [path, { type, mode }]);
        const expected = [...applyLayers(all)].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(found).toEqual(expected);
      }),
      { numRuns: 1000, seed: 20, interruptAfterTimeLimit: 10_000 },
    );
  }, 20_000);

  it('hold every entry in exactly one directory', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const merged = mergeLayers(all.map((layer) => layerOf(layer)));
        const seen: string[] = [];
        const visit = (directory: string): void => {
          for (const { path } of merged.children(directory)) {
            expect(parentOf(path)).toBe(directory);
            seen.push(path);
            visit(path);
          }
        };
        visit('');
        const entries = [...merged.entries()].map(({ path }) => path);
        expect(seen.sort()).toEqual(entries.sort());
      }),
      { numRuns: 200, seed: 21, interruptAfterTimeLimit: 5000 },
    );
  }, 20_000);
});
