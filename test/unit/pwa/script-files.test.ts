import { describe, expect, it } from 'vitest';
import { scriptFileOf } from '../../../src/pwa/script-files';

/** A bundler's view of modules by what they import. */
function modules(imports: Readonly<Record<string, readonly string[]>>): {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
} {
  return {
    getModuleInfo: (id) => (imports[id] ? { importedIds: imports[id] } : null),
  };
}

describe('scriptFileOf', () => {
  const graph = modules({
    '/app/main.ts': ['/app/base.ts', '/app/list.ts'],
    '/app/list.ts': ['/app/base.ts'],
    '/app/page.ts': ['/app/tree.ts', '/app/base.ts'],
    '/app/tree.ts': ['/app/merge.ts', '/app/page.ts', 'external'],
    '/app/other.ts': ['/app/merge.ts', '/app/base.ts'],
  });
  const fileOf = scriptFileOf('/app', { start: ['main.ts'], page: ['page.ts'] });

  it('puts modules with all that they import into one file, the first that needs them', () => {
    const ids = ['main', 'base', 'list', 'page', 'tree', 'merge'].map((id) => `/app/${id}.ts`);
    expect(ids.map((id) => fileOf(id, graph))).toEqual([
      ...['start', 'start', 'start'],
      ...['page', 'page', 'page'],
    ]);
  });

  it('leaves other modules to the bundler', () => {
    expect(fileOf('/app/other.ts', graph)).toBeNull();
  });
});
