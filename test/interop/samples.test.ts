import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';

test.skipIf(inject('samples').length === 0)(
  'every sample and what the engine loads for it are there',
  () => {
    const folder = inject('sampleFolder');
    for (const { name, reference } of inject('samples')) {
      expect(statSync(join(folder, `${name}.tar`)).size, name).toBeGreaterThan(1024);
      expect(statSync(join(folder, reference)).size, reference).toBeGreaterThan(1024);
    }
  },
);
