import { afterEach, describe, expect, it } from 'vitest';
import { warningsOf } from '../../../src/registry/http/warnings';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { startFaultProxy } from '../../servers/fault-proxy';
import { startLayoutRegistry } from '../../servers/layout-registry';
import { buildImage, LayoutBuilder } from '../../support/archive-builder';
import { environmentOf, run } from '../../support/fixture-store';
import { startUpstream, type Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

describe('the warnings of an answer', () => {
  it.each<[string, string, readonly string[]]>([
    ['one', '299 - "Your token ends soon."', ['Your token ends soon.']],
    ['several', '299 - "a, b", 299 - "c"', ['a, b', 'c']],
    ['one with quotes', String.raw`299 - "say \"hi\""`, ['say "hi"']],
    ['one with a date', '299 - "a" "Thu, 01 Jan 2026 12:00:00 GMT"', ['a']],
    ['those of a cache', '110 cache.example "Response is stale", 299 cache "x"', []],
    ['nonsense', '299 - "no end', []],
    ['nothing', '299 - ""', []],
    ['more than a line', `299 - "${'x'.repeat(2000)}"`, ['x'.repeat(300)]],
    ['what a terminal obeys', '299 - "a\tb\u009b31mc"', ['a b 31mc']],
    [
      'more than anybody reads',
      Array.from({ length: 50 }, (_, n) => `299 - "${n}"`).join(),
      [...Array.from({ length: 10 }, (_, n) => `${n}`)],
    ],
  ])('are read: %s', (_what, header, texts) => {
    expect(warningsOf(new Headers({ warning: header }))).toEqual(texts);
  });
});

describe('a registry that warns', () => {
  it('is told of by each command once, whatever it says beside', async () => {
    server = await startUpstream(({ url }, response) => {
      response.setHeader('Warning', '299 - "This registry closes in May."');
      response.setHeader('Link', '</v2/app/tags/list?n=1000&last=a>; rel="next"');
      if (url?.includes('last=')) response.removeHeader('Link');
      response.setHeader('Content-Type', 'application/json').end('{"tags":["a"]}');
    });
    const environment = environmentOf(await openMemoryStore());
    const line = `drydock tags ${server.host}/app --format json`;
    const stderr = `WARNING: ${server.host}: This registry closes in May.\n`;
    expect(await run(environment, line)).toMatchObject({ exitCode: 0, stderr });
    expect(await run(environment, line)).toMatchObject({ exitCode: 0, stderr });
    expect(await run(environment, 'docker images')).toMatchObject({ stderr: '' });
  });

  it.each(['docker pull -q NAME', 'drydock remote NAME f --layer 0'])(
    'is heard where a worker reads its layers, too: %s',
    async (line) => {
      const layout = new LayoutBuilder();
      const image = buildImage({ layers: [[{ path: 'f', content: 'x' }]] });
      const manifest = layout.image(image);
      server = await startLayoutRegistry(layout, () => manifest);
      const front = await startFaultProxy(server.url, ({ path }) => {
        const headers = { warning: '299 - "old layers go in May"' };
        const isLayer = path.includes('/blobs/') && !path.endsWith(image.imageId);
        return isLayer ? { kind: 'headers', headers } : undefined;
      });
      const environment = environmentOf(await openMemoryStore());
      const told = await run(environment, line.replace('NAME', `${front.host}/app:1`));
      await front.stop();
      expect(told.stderr).toContain(`WARNING: ${front.host}: old layers go in May\n`);
      expect(told.exitCode).toBe(0);
    },
  );
});
