import { expect, it, vi } from 'vitest';
import type * as limits from '../../../src/base/limits';
import { TarReader } from '../../../src/codec/tar/tar-reader';
import { joinBytes, rawEntry } from '../../support/tar-bytes';

/** Two million entries would take a gigabyte of headers. */
vi.mock('../../../src/base/limits', async (importOriginal) => {
  const { LIMITS } = await importOriginal<typeof limits>();
  return { LIMITS: { ...LIMITS, layerEntries: 3 } };
});

it('a tar may have as many entries as are allowed, and not one more', () => {
  const entries = [1, 2, 3, 4].map((i) => rawEntry({ name: `file-${i}` }));
  let seen = 0;
  const reader = new TarReader({ entry: () => (seen += 1) }, { what: 'layer.tar' });
  reader.push(joinBytes(...entries.slice(0, 3)));
  expect(seen).toBe(3);
  expect(() => reader.push(entries[3] ?? new Uint8Array())).toThrow(
    'layer.tar has at offset 1536 more than the 3 entries allowed.',
  );
  expect(seen).toBe(3);
});
