import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImageActions } from '../../../../src/app/actions/image-actions.svelte';
import { imageName } from '../../../../src/app/library/image-name';
import { ImageSelection } from '../../../../src/app/library/image-selection.svelte';
import type { LibraryRow } from '../../../../src/app/library/library-row';
import {
  digestItems,
  imageActionItems,
  imageItems,
  selectionItems,
} from '../../../../src/app/palette/image-items';
import type { PaletteContext, PaletteItem } from '../../../../src/app/palette/palette-item';
import { pullItems } from '../../../../src/app/palette/palette-items';
import { imageHash } from '../../../../src/app/route';
import { Router } from '../../../../src/app/router.svelte';
import { I18n } from '../../../../src/app/i18n.svelte';
import { parseDigest } from '../../../../src/oci/digest';

const digest = (digit: string) => parseDigest(`sha256:${digit.repeat(64)}`);

const i18n = new I18n();
beforeAll(() => i18n.complete());

function row(digit: string, rest: Partial<LibraryRow> = {}): LibraryRow {
  const imageId = digest(digit);
  return {
    key: imageId,
    names: [],
    imageId,
    isStored: true,
    shortId: digit.repeat(12),
    href: imageHash(imageId),
    platforms: [{ text: 'linux/amd64', href: imageHash(imageId) }],
    layers: [],
    state: { kind: 'verified' },
    searched: '',
    ...rest,
  };
}

const API = row('a', {
  names: [imageName('ghcr.io/acme/api:1.0'), imageName('api:latest')],
  size: 12_000_000,
  layers: [
    { digest: digest('1'), size: 1 },
    { digest: digest('2'), size: 1 },
  ],
});
const UNTAGGED = row('b', { layers: [{ digest: digest('2'), size: 1 }] });

let context: PaletteContext;
let hash: string;
let said: string[];

beforeEach(() => {
  hash = '#/images';
  said = [];
  const all = [API, UNTAGGED];
  const list = { all, shown: all };
  context = {
    actions: new ImageActions(),
    i18n,
    images: list,
    selection: new ImageSelection(list),
    router: new Router({ hash: () => hash, go: (to) => (hash = to), onChange: () => undefined }),
    runInConsole: (line) => said.push(line),
    copy: (text) => said.push(text),
  };
});

const run = (items: readonly PaletteItem[], key: string): void =>
  items.find((item) => item.key === key)?.run();
const keys = (items: readonly PaletteItem[]): string[] => items.map(({ key }) => key);

describe('the actions of one image', () => {
  it('open its dialogs, check it by name, copy, and go to its tabs', () => {
    const items = imageActionItems(context, API, new Map([['manifest', digest('c')]]));
    run(items, 'image-tag');
    expect(context.actions.dialog).toEqual({ kind: 'tag', rows: [API] });
    for (const key of ['image-verify', 'image-copy-name', 'image-copy-id']) run(items, key);
    expect(said).toEqual([
      'drydock verify ghcr.io/acme/api:1.0',
      'ghcr.io/acme/api:1.0',
      digest('a'),
    ]);
    run(items, 'image-history');
    expect(hash).toBe(imageHash(digest('a'), 'history', new Map([['manifest', digest('c')]])));
  });

  it('go by its ID where it has no name', () => {
    const items = imageActionItems(context, UNTAGGED);
    expect(keys(items)).not.toContain('image-copy-name');
    run(items, 'image-verify');
    expect(said).toEqual([`drydock verify ${digest('b')}`]);
  });

  it('leave out what needs the store while it is loaded, or open in the tab alone', () => {
    const items = imageActionItems(context, { ...API, isStored: false, state: { kind: 'opened' } });
    expect(keys(items)).toEqual([
      'image-copy-name',
      'image-copy-id',
      'image-files',
      'image-history',
      'image-config',
    ]);
  });
});

describe('the images that are chosen', () => {
  it('are acted on together, and no more than those', () => {
    expect(selectionItems(context)).toEqual([]);
    context.selection.toggleAll();
    const items = selectionItems(context);
    expect(items.map(({ text }) => text)).toContain('Remove 2 selected…');
    run(items, 'selected-save');
    expect(context.actions.dialog).toEqual({ kind: 'save', rows: [API, UNTAGGED] });
  });
});

describe('images and digests', () => {
  it('are one item a name, which leads to the image and to its actions', () => {
    const items = imageItems(context);
    expect(items.map(({ prefix = '', text }) => prefix + text)).toEqual([
      'ghcr.io/acme/api:1.0',
      'api:latest',
      'untagged bbbbbbbbbbbb',
    ]);
    expect(items[0]).toMatchObject({ row: API, hint: '12.0 MB' });
    run(items, 'api:latest');
    expect(hash).toBe(imageHash(digest('a')));
  });

  it('has image IDs and layers, a shared layer once, each with where it is', () => {
    const items = digestItems(context);
    expect(keys(items)).toEqual([digest('a'), digest('b'), digest('1'), digest('2')]);
    run(items, digest('2'));
    expect(hash).toBe(imageHash(digest('a'), 'files', new Map([['layer', '1']])));
  });
});

describe('pulling what is typed', () => {
  it('is offered for a reference that no image here is called by', () => {
    const items = pullItems(context, 'nginx:1.27');
    expect(items.map(({ text }) => text)).toEqual(['Pull nginx:1.27']);
    run(items, 'pull-query');
    expect(hash).toBe('#/pull?ref=docker.io%2Flibrary%2Fnginx%3A1.27');
    expect(pullItems(context, 'api')).toEqual([]);
    expect(pullItems(context, 'two words')).toEqual([]);
    expect(pullItems(context, 'Upper')).toEqual([]);
  });
});
