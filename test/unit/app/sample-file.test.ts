import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fetchSample } from '../../../src/app/sample-file';
import { SAMPLE_FILE, sampleArchive } from '../../support/sample/sample-archive';

describe('the sample image', () => {
  it('is what `npm run sample` makes, byte for byte', () => {
    expect(Buffer.from(sampleArchive()).equals(readFileSync(SAMPLE_FILE))).toBe(true);
  });

  it('is fetched from beside the page', async () => {
    const asked: string[] = [];
    const fetch = (url: string): Promise<Response> => {
      asked.push(url);
      return Promise.resolve(new Response('tar'));
    };
    const file = await fetchSample({ fetch, isOnline: () => true });
    expect([asked, file.name, await file.text()]).toEqual([
      ['./sample-image.tar'],
      'sample-image.tar',
      'tar',
    ]);
  });

  it.each([
    ['the browser is offline', false, () => Promise.reject(new TypeError('failed'))],
    ['its server does not answer', true, () => Promise.reject(new TypeError('failed'))],
    [
      'the server answers with HTTP status 404',
      true,
      () => Promise.resolve(new Response('', { status: 404 })),
    ],
  ])('that cannot be had says that %s', async (reason, isOnline, fetch) => {
    await expect(fetchSample({ fetch, isOnline: () => isOnline })).rejects.toMatchObject({
      code: 'sample-unreachable',
      message: `sample-image.tar could not be fetched: ${reason}.`,
    });
  });
});
