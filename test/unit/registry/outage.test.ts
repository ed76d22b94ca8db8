import { afterEach, describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/registry/errors';
import { DEFAULT_RETRY, persist } from '../../../src/registry/http/retry';
import { digestOf } from '../../support/archive-builder';
import { registriesFor } from '../../support/registries';
import { startUpstream, type Upstream } from '../../support/upstream';

const BYTES = Uint8Array.of(1, 2, 3);

let server: Upstream | undefined;
afterEach(() => server?.close());

describe('an outage while bytes are on their way', () => {
  type Step = 'away' | number;
  const descriptor = { digest: digestOf(BYTES), size: BYTES.length };

  /** What is waited for, where a blob's requests end so, one after the other, and the bytes come then. */
  async function waitsFor(steps: readonly Step[]): Promise<{ waited: number[]; code: unknown }> {
    server = await startUpstream((_, response) => response.end('{}'));
    const left = [...steps];
    const waited: number[] = [];
    const client = registriesFor({
      retry: {
        ...DEFAULT_RETRY,
        wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
      },
      fetch: (url, init) => {
        if (!url.includes('/blobs/')) return fetch(url, init);
        const step = left.shift();
        if (step === 'away') return Promise.reject(new TypeError('Failed to fetch'));
        return Promise.resolve(new Response(BYTES, { status: step ?? 200 }));
      },
    }).open(server.host);
    const got = await client.blob('app', descriptor).then(
      () => 'here',
      (error: unknown) => (error instanceof RegistryError ? error.code : error),
    );
    return { waited, code: got };
  }
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);

  it.each<[string, Step]>([
    ['nobody is there', 'away'],
    ['a gateway says that nobody is', 502],
    ['a server that starts says to come back', 503],
  ])('is waited out for more than a minute, and no step of it for long: %s', async (_, step) => {
    const { waited, code } = await waitsFor(times(19, step));
    expect(code).toBe('here');
    expect(sum(waited)).toBeGreaterThan(60_000);
    expect(Math.max(...waited)).toBeLessThanOrEqual(5000);
  });

  it('is given up at last', async () => {
    const { waited, code } = await waitsFor(times(99, 'away'));
    expect(code).toBe('registry-unreachable');
    expect(sum(waited)).toBeLessThan(90_000);
  });

  it('does not count against what fails for a moment after it', async () => {
    const steps: Step[] = [...times(15, 'away'), 500, 502, 500];
    expect((await waitsFor(steps)).code).toBe('here');
  });

  it('is no server that fails by itself: that is given up after six attempts', async () => {
    const { waited, code } = await waitsFor(times(99, 500));
    expect(code).toBe('registry-failed');
    expect(waited).toHaveLength(5);
  });
});

describe('a document that is sent', () => {
  const away = new RegistryError('registry-unreachable', 'Nobody answers.');
  const busy = new RegistryError('registry-failed', 'It cannot.', { detail: { status: 503 } });

  /** What is waited for, in milliseconds, where it fails so, one after the other, and succeeds then. */
  async function waitsFor(
    errors: readonly RegistryError[],
  ): Promise<{ total: number; end: unknown }> {
    const left = [...errors];
    let total = 0;
    const wait = (milliseconds: number): Promise<void> =>
      Promise.resolve(void (total += milliseconds));
    const end = await persist({ policy: { ...DEFAULT_RETRY, wait }, signal: undefined }, () => {
      const error = left.shift();
      return error ? Promise.reject(error) : Promise.resolve('sent');
    }).catch((error: unknown) => error);
    return { total, end };
  }

  it('waits out that nobody answers', async () => {
    const { total, end } = await waitsFor(Array.from({ length: 19 }, () => away));
    expect(end).toBe('sent');
    expect(total).toBeGreaterThan(60_000);
  });

  it('is given up within seconds where the registry answers that it cannot', async () => {
    const { total, end } = await waitsFor(Array.from({ length: 99 }, () => busy));
    expect(end).toBe(busy);
    expect(total).toBeLessThan(10_000);
  });

  it('is not given up for what was before the registry was back', async () => {
    const errors = [...Array.from({ length: 15 }, () => away), busy, busy];
    expect((await waitsFor(errors)).end).toBe('sent');
  });

  it('is waited for no more at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const began = performance.now();
    const policy = {
      ...DEFAULT_RETRY,
      firstDelay: 20_000,
      outage: { attempts: 20, longestDelay: 20_000 },
    };
    const sent = persist({ policy, signal: cancel.signal }, () => Promise.reject(away));
    setTimeout(() => cancel.abort(new Error('cancelled')), 20);
    await expect(sent).rejects.toThrow('cancelled');
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
