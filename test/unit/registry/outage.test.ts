import { afterEach, describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/registry/errors';
import { DEFAULT_RETRY } from '../../../src/registry/http/retry';
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
