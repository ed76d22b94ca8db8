import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildImage, docker110 } from '../support/archive-builder';
import { openApp, type App } from '../support/app';
import { patternBytes } from '../support/blobs';
import { run } from '../support/page-files';
import { storedRows } from '../support/stored-rows';
import { tarOf, type TarItem } from '../support/tar-builder';

const IMAGE = buildImage({ tags: ['acme/bad:1'] });
const ITEMS = docker110([IMAGE]);
const [FIRST = '', SECOND = ''] = ITEMS.map(({ path }) => String(path)).filter((path) =>
  path.endsWith('layer.tar'),
);

/** The archive with other entries in the place of its own, or behind them. */
function withItems(...items: readonly TarItem[]): Buffer {
  const kept = ITEMS.filter(({ path }) => items.every((item) => item.path !== path));
  return Buffer.from(tarOf([...kept, ...items]));
}

const withManifest = (content: string): Buffer => withItems({ path: 'manifest.json', content });

/** The archive whose second layer has another size in its header, which has a checksum that fits. */
function withSize(size: Uint8Array): Buffer {
  const archive = Buffer.from(tarOf(ITEMS));
  const start = archive.indexOf(SECOND);
  const header = archive.subarray(start, start + 512);
  header.set(size, 124);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return archive;
}

const number = (first: number, rest: number): Uint8Array =>
  Uint8Array.of(first, ...Array<number>(11).fill(rest));

/** A file, the title of its card, and what its sentence says beside the file's name. */
const FILES: readonly (readonly [string, Buffer, string | RegExp, RegExp])[] = [
  ['an empty file', Buffer.alloc(0), 'The archive ends too early', /is empty/],
  [
    'bytes of no format',
    Buffer.from(patternBytes(200_000, 7)),
    'This is not an image archive',
    /data of an unknown format, not an image archive/,
  ],
  [
    'JSON that breaks off',
    withManifest('[{'),
    /description cannot be read/,
    /manifest\.json .*breaks off at byte 2/,
  ],
  [
    'JSON with a wrong byte',
    withManifest('[{"Config":}]'),
    /description cannot be read/,
    /manifest\.json .*byte 11 is wrong/,
  ],
  [
    'a number for an image',
    withManifest('[17]'),
    /description cannot be read/,
    /image 0 of manifest\.json .*not a JSON object/,
  ],
  [
    'a number for its configuration',
    withManifest('[{"Config":7,"Layers":[]}]'),
    /description cannot be read/,
    /image 0 of manifest\.json .*Config is not a string/,
  ],
  [
    'a path that leads out',
    withItems({ path: '../../etc/evil', content: 'x' }),
    'The archive names a path outside itself',
    /"\.\.\/\.\.\/etc\/evil" \(offset \d+\)/,
  ],
  [
    'layers that are links to each other',
    withItems({ path: FIRST, linkname: `../${SECOND}` }, { path: SECOND, linkname: `../${FIRST}` }),
    'The archive is damaged',
    /layer\.tar" .*links, or in a circle/,
  ],
  [
    'a negative size',
    withSize(number(0xff, 0xff)),
    'The archive is damaged',
    /offset \d+ .*negative/,
  ],
  ['a size past what a number holds', withSize(number(0x80, 0x7f)), /archive/, /offset \d+/],
  ['a size past the file', withSize(Buffer.from('77777777777\0')), /ends too early/, /offset \d+/],
  ['a size that is no number', withSize(Buffer.from('size-of-it!\0')), /damaged/, /offset \d+/],
];

let app: App;
let before: unknown;

beforeAll(async () => {
  app = await openApp();
  await app.page.getByText('Drop an image archive here').waitFor();
  before = await stored(app.page);
});

// Whatever card the one before has left.
beforeEach(() => app.page.reload());

afterAll(() => app.close());

async function stored(page: Page): Promise<unknown> {
  return [await run(page, 'docker images -aq'), await storedRows(page)];
}

it.each(FILES)(
  '%s: a card with one clear sentence, and nothing of it anywhere',
  async (_, buffer, title, problem) => {
    const { page } = app;
    const file = { name: 'bad.tar', mimeType: 'application/x-tar', buffer };
    await page.getByLabel('Open image archive').setInputFiles(file);
    const card = page.getByRole('alertdialog');
    await card.getByRole('heading', { name: title }).waitFor();
    const sentence = await card.getByRole('definition').last().innerText();
    expect(sentence).toMatch(/^[^\n]*bad\.tar[^\n]*\.$/);
    expect(sentence).toMatch(problem);
    expect(await page.getByRole('alertdialog').count()).toBe(1);
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await page.getByText('Drop an image archive here').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(await stored(page)).toEqual(before);
  },
  20_000,
);
