import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { appImageContext } from '../../../src/app/image/app-image-context';
import { ExploredImage } from '../../../src/app/explorer/explored-image.svelte';
import { I18n } from '../../../src/app/i18n.svelte';
import { imageHash } from '../../../src/app/route';
import { Router } from '../../../src/app/router.svelte';
import { StackedLayers } from '../../../src/app/image/stacked-layers';
import '../../../src/styles/tokens.css';
import ImageView from '../../../src/ui/explorer/ImageView.svelte';
import { exploredSource } from '../../support/explored-source';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

type Items = readonly (TarItem | string)[];

let close: (() => void) | undefined;
afterEach(() => close?.());

/** The Files tab of an image of these layers, at 1200 by 600 px. */
async function open(
  layers: readonly Items[],
  query: Readonly<Record<string, string>> = {},
  first = '[role=row]',
) {
  const source = exploredSource(layers.map((items) => layerOf(items)));
  let hash = imageHash(source.imageId, 'files', new Map(Object.entries(query)));
  const router = new Router({
    hash: () => hash,
    go: (to) => (hash = to),
    onChange: () => undefined,
  });
  const i18n = new I18n();
  await i18n.complete();
  const context = appImageContext({ router, i18n }, new ExploredImage(source));
  const target = document.createElement('div');
  target.style.cssText = 'display: flex; block-size: 600px; inline-size: 1200px';
  document.body.append(target);
  const view = mount(ImageView, {
    target,
    props: {
      context,
      tab: 'files',
      stacks: new StackedLayers(),
      regex: { match: () => Promise.resolve(undefined) },
      now: 0,
    },
  });
  close = () => {
    void unmount(view);
    target.remove();
  };
  const tree = target.querySelector<HTMLElement>('[role=treegrid]')!;
  await vi.waitFor(() => expect(tree.querySelector(first)).not.toBeNull());
  return { target, tree, hash: () => hash };
}

/** Rows as a screen reader finds them: name, level, and whether they are open. */
function rows(tree: HTMLElement): string[] {
  flushSync();
  return [...tree.querySelectorAll('[role=row]')].map((row) => {
    const name = row.querySelector('.name')?.textContent.trim() ?? '';
    const expanded = row.getAttribute('aria-expanded');
    const mark = { true: ' open', false: ' closed' }[expanded ?? ''] ?? '';
    return `${row.getAttribute('aria-level') ?? ''} ${name}${mark}`;
  });
}

/** The name of the row that has the focus. */
function active(tree: HTMLElement): string | undefined {
  flushSync();
  const id = tree.getAttribute('aria-activedescendant');
  return id ? document.getElementById(id)?.querySelector('.name')?.textContent.trim() : undefined;
}

const BASE: Items = ['bin/', 'bin/ls', 'bin/sh', 'etc/', 'etc/passwd', 'root.txt'];

describe('the tree of files', () => {
  it('tells of hardlinks that lead out of a layer', async () => {
    const link = { path: 'link', type: 'hardlink', linkname: 'low' } as const;
    const { target } = await open([['low'], [link]], { layer: '1' });
    await vi.waitFor(() => expect(target.textContent).toContain('One hardlink leads to no file'));
  });

  it('tells of hardlinks that come too early, and of paths that a layer has again', async () => {
    const link = { path: 'link', type: 'hardlink', linkname: 'later' } as const;
    const { target } = await open([[link, 'later', 'twice', 'twice']], { layer: '0' });
    await vi.waitFor(() => expect(target.textContent).toContain('One hardlink comes before'));
    expect(target.textContent).toContain('One entry of this layer is replaced by a later one');
    expect(target.textContent).not.toContain('leads to no file');
  });

  it('says what became of an entry that a lower layer has, in the view of one layer and of all', async () => {
    const lower = { path: 'start.sh', content: 'x', mode: 0o644 };
    const layers = [['a'], [lower, 'b'], [{ ...lower, mode: 0o755 }, 'c']];
    const sentence = 'Same content as in layer 1; mode 0644 became 0755';
    for (const show of ['layer', 'final']) {
      const { target } = await open(layers, { layer: '2', show, path: 'start.sh' });
      const preview = target.querySelector('[aria-label=Preview]');
      await vi.waitFor(() => expect(preview?.textContent).toContain(sentence));
      close?.();
    }
    const { target } = await open(layers, { layer: '2', show: 'layer', path: 'b' });
    expect(target.textContent).not.toContain('layer 1');
  });

  it('shows the content of a file that a symlink of its layer puts elsewhere', async () => {
    const { target } = await open(
      [[{ path: 'link', linkname: 'real' }, 'real/', { path: 'link/file', content: 'x' }]],
      { path: 'real/file' },
    );
    // The content of every file is its path.
    const preview = target.querySelector('[aria-label=Preview]');
    await vi.waitFor(() => expect(preview?.textContent).toContain('real/file'));
  });

  it('marks what eStargz put into a layer, and nothing that is called so elsewhere', async () => {
    const { target, tree } = await open([
      ['.no.prefetch.landmark', 'app/', 'app/stargz.index.json', 'stargz.index.json'],
    ]);
    tree.focus();
    await userEvent.keyboard('{Home}{ArrowDown}{ArrowRight}');
    flushSync();
    const marked = [...tree.querySelectorAll('[role=row]')].filter((row) =>
      row.textContent.includes('eStargz metadata'),
    );
    expect(marked.map((row) => row.querySelector('.name')?.textContent.trim())).toEqual([
      '.no.prefetch.landmark',
      'stargz.index.json',
    ]);
    await userEvent.keyboard('{End}');
    await vi.waitFor(() =>
      expect(target.querySelector('.details')?.textContent).toContain(
        'file, 0 B, eStargz metadata',
      ),
    );
  });

  it('of an image without layers says that there are none', async () => {
    const { target } = await open([], {}, '.empty');
    await vi.waitFor(() =>
      expect(target.querySelector('.tree')?.textContent).toContain('and so no files'),
    );
    expect(target.querySelector('.layers')?.textContent).toContain('This image has no layers.');
    expect(target.querySelector('[role=listbox]')).toBeNull();
  });

  it('is walked with the keyboard alone', async () => {
    const { tree } = await open([BASE]);
    tree.focus();
    expect(active(tree)).toBe('bin');
    await userEvent.keyboard('{ArrowRight}');
    expect(rows(tree)).toEqual(['1 bin open', '2 ls', '2 sh', '1 etc closed', '1 root.txt']);
    await userEvent.keyboard('{ArrowRight}{ArrowDown}');
    expect(active(tree)).toBe('sh');
    await userEvent.keyboard('{ArrowLeft}');
    expect(active(tree)).toBe('bin');
    await userEvent.keyboard('{ArrowLeft}{End}');
    expect(rows(tree)).toEqual(['1 bin closed', '1 etc closed', '1 root.txt']);
    expect(active(tree)).toBe('root.txt');
    await userEvent.keyboard('{Home}*');
    expect(rows(tree)).toHaveLength(6);
    await userEvent.keyboard('et');
    expect(active(tree)).toBe('etc');
  });

  it('keeps the selected path in the URL, and shows its content', async () => {
    const { target, tree, hash } = await open([BASE]);
    tree.focus();
    await userEvent.keyboard('{End}');
    expect(hash()).toContain('path=root.txt');
    await vi.waitFor(() =>
      expect(target.querySelector('.text-view')?.textContent).toContain('root.txt'),
    );
  });

  it('opens at the path and layer of the URL', async () => {
    const { tree } = await open([BASE, ['etc/', 'etc/hosts']], { layer: '0', path: 'etc/passwd' });
    await vi.waitFor(() => expect(active(tree)).toBe('passwd'));
    expect(rows(tree)).toEqual(['1 bin closed', '1 etc open', '2 passwd', '1 root.txt']);
  });

  it('marks what a layer did, and hides a kind of change when its chip is pressed', async () => {
    const { target, tree } = await open([BASE, ['bin/.wh.ls', 'new.txt']], { layer: '1' });
    await vi.waitFor(() => expect(rows(tree)).toEqual(['1 bin closed', '1 new.txt']));
    const marks = [...tree.querySelectorAll('[role=img]')].map((mark) =>
      mark.getAttribute('aria-label'),
    );
    expect(marks).toEqual(['modified', 'added']);
    const chips = [...target.querySelectorAll<HTMLElement>('[aria-pressed].chip')];
    expect(chips.map((chip) => chip.querySelector('.count')?.textContent)).toEqual([
      '1',
      '0',
      '0',
      '1',
      undefined,
    ]);
    chips[0]?.click();
    expect(rows(tree)).toEqual(['1 bin closed']);
  });

  it('filters by a glob, opening what holds a match', async () => {
    const { target, tree } = await open([BASE]);
    const field = target.querySelector<HTMLInputElement>('[role=searchbox]')!;
    await userEvent.fill(field, '*sw*');
    await vi.waitFor(() => expect(rows(tree)).toEqual(['1 etc open', '2 passwd']));
    await userEvent.fill(field, '/(/');
    flushSync();
    expect(target.querySelector('.wrong')?.textContent).toContain('not a regular expression');
  });

  it('shows hostile names as text, with what cannot be seen made visible', async () => {
    const { target, tree } = await open([
      ['<img src=x onerror=alert(1)>', 'a\u202egpj.exe', 'two\nlines'],
    ]);
    expect(rows(tree)).toEqual([
      '1 <img src=x onerror=alert(1)>',
      '1 aU+202Egpj.exe',
      '1 two\\nlines',
    ]);
    expect(target.querySelector('img')).toBeNull();
  });
});
