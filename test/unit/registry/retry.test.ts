import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_RETRY, type RetryPolicy } from '../../../src/registry/http/retry';
import { all } from '../../support/blobs';
import { registriesFor } from '../../support/registries';
import { startUpstream, type Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

type Headers = Readonly<Record<string, string>>;

/** What is waited for, in milliseconds, where a registry refuses a list of tags so often with these headers; nothing is waited in fact. */
async function waits(
  { status, times, headers = {} }: { status: number; times: number; headers?: Headers },
  policy: Partial<RetryPolicy> = {},
): Promise<{ readonly waited: readonly number[]; readonly answer: unknown }> {
  let left = times;
  server = await startUpstream(({ url }, response) => {
    const isRefused = url !== '/v2/' && left-- > 0;
    response.setHeader('content-type', 'application/json');
    response.writeHead(isRefused ? status : 200, isRefused ? headers : {});
    response.end(isRefused ? '{}' : '{"tags":["a"]}');
  });
  const waited: number[] = [];
  const wait = (milliseconds: number): Promise<void> => {
    waited.push(milliseconds);
    return Promise.resolve();
  };
  const client = registriesFor({ retry: { ...DEFAULT_RETRY, wait, ...policy } }).open(server.host);
  const answer = await all(client.tags('app')).catch((error: unknown) => error);
  return { waited, answer };
}

describe('a registry that refuses for a moment', () => {
  it('is given as many seconds as it asks for', async () => {
    const headers = { 'retry-after': '2' };
    expect(await waits({ status: 429, times: 1, headers })).toEqual({
      waited: [2000],
      answer: ['a'],
    });
  });

  it('is asked again at the date that it names, by its own clock', async () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 12:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2026 12:00:02 GMT',
    };
    expect(await waits({ status: 503, times: 1, headers })).toEqual({
      waited: [2000],
      answer: ['a'],
    });
  });

  it('is asked at once after a date that is past', async () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 12:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT',
    };
    const { waited } = await waits({ status: 503, times: 1, headers });
    expect(waited).toEqual([DEFAULT_RETRY.firstDelay]);
  });

  it('is given twice as long after each failure, up to the longest delay, and then up', async () => {
    const doubled = await waits({ status: 503, times: 99 });
    expect(doubled).toMatchObject({
      waited: [250, 500, 1000, 2000, 4000],
      answer: { code: 'registry-failed' },
    });
    const capped = await waits({ status: 503, times: 99 }, { longestDelay: 600 });
    expect(capped.waited).toEqual([250, 500, 600, 600, 600]);
  });

  it('is not waited for where it asks for more than anybody waits', async () => {
    const headers = { 'retry-after': '3600' };
    expect(await waits({ status: 429, times: 1, headers })).toMatchObject({
      waited: [],
      answer: { code: 'rate-limited', detail: { retryAfter: 3600 } },
    });
  });
});
