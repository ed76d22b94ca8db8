import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const MODEL = ['base', 'oci', 'codec', 'store', 'layer', 'image'];
const FEATURES = ['archive', 'registry', 'analysis'];
const types = (...folders: readonly string[]): string[] => folders.map((name) => `types:${name}`);

/**
 * Who may import whom: README's architecture table, executable. A folder may always import itself; `types:NAME` allows
 * `import type` alone. Where a top folder holds several roles, each has a row: see `roleOf`.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  oci: ['base'],
  codec: ['base', 'oci'],
  store: ['base', 'oci', 'codec'],
  'store/idb': ['base', 'oci', 'codec', 'store'],
  'store/memory': ['base', 'oci', 'codec', 'store'],
  layer: ['base', 'oci', 'codec', 'store'],
  image: ['base', 'oci', 'store', 'layer'],
  archive: MODEL,
  registry: MODEL,
  analysis: ['base', 'oci', 'layer', 'image'],
  commands: ['base', 'oci', 'image', 'archive', 'registry', 'analysis', 'layer', 'store'],
  'workers/protocol': ['base', ...types(...MODEL, ...FEATURES)],
  'workers/pool': ['base', 'workers/protocol', ...types('oci', 'layer', 'store', 'registry')],
  'workers/entry': [
    ...MODEL,
    'store/idb',
    'store/memory',
    ...FEATURES,
    'commands',
    'workers/protocol',
  ],
  app: [...MODEL, ...FEATURES, 'commands', 'workers/pool', 'workers/protocol', 'i18n'],
  i18n: ['base'],
  'ui/kit': ['base'],
  'ui/domain': ['ui/kit', 'app', 'base', 'i18n', ...types(...MODEL, 'analysis')],
  'ui/shell': ['ui/kit', 'ui/domain', 'app', 'base', 'i18n', ...types('oci', 'image')],
  pwa: ['base'],
  proxy: ['base'],
};

/** npm packages that only some roles may import; a package that is not here is free. */
const PACKAGES: readonly { readonly name: RegExp; readonly roles: readonly string[] }[] = [
  { name: /^svelte(\/|$)/, roles: ['app', 'ui/kit', 'ui/domain', 'ui/shell', 'main'] },
  { name: /^idb(\/|$)/, roles: ['store/idb'] },
  {
    name: /^(fflate|pako|hash-wasm|fzstd|@?bokuweb|xz-|seek-bzip|unbzip2)|zstd|bz2/,
    roles: ['codec'],
  },
  { name: /^(bits-ui|@lucide|@tanstack|virtua)/, roles: ['ui/kit'] },
  { name: /^workbox-/, roles: ['pwa'] },
  { name: /^(hono|@hono)(\/|$)|^node:|^vite/, roles: ['proxy'] },
];

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const ROOT = resolve(import.meta.dirname, '..', 'src');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.(ts|svelte)$/.test(entry.name) ? [relative(ROOT, path)] : [];
  });
}

/** The row of the table that a file belongs to. */
function roleOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  if (second === '') return 'main';
  if (top === 'ui') return second === 'kit' || second === 'shell' ? `ui/${second}` : 'ui/domain';
  if (top === 'store' && (second === 'idb' || second === 'memory')) return `store/${second}`;
  if (top !== 'workers') return top;
  if (second.endsWith('.worker.ts') || second.startsWith('jobs')) return 'workers/entry';
  return second === 'protocol.ts' ? 'workers/protocol' : 'workers/pool';
}

/** `explorer`, of a file under `ui/`. */
function screenOf(file: string): string | undefined {
  return file.split('/')[1];
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const script = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text;
  const source = ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({ from: file, specifier: specifier.text, typeOnly });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The file that a relative import means; undefined for a package. */
function target({ from, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = relative(ROOT, resolve(ROOT, dirname(from), specifier.replace(/\?.*$/, '')));
  const candidates = [path, `${path}.ts`];
  return candidates.find((name) => files.has(name)) ?? path;
}

function violation(found: Import): string | undefined {
  const from = roleOf(found.from);
  const to = target(found);
  if (to === undefined) {
    const rule = PACKAGES.find(({ name }) => name.test(found.specifier));
    const free = rule === undefined || found.typeOnly || rule.roles.includes(from);
    return free ? undefined : `${found.from} imports the package ${found.specifier}`;
  }
  if (from === 'main' || /\.(css|json)$/.test(to)) return undefined;
  const role = roleOf(to);
  // Screens do not know of each other: only the shell composes them.
  if (
    from === 'ui/domain' && role === from ? screenOf(found.from) === screenOf(to) : role === from
  ) {
    return undefined;
  }
  const allowed = ALLOWED[from] ?? [];
  const ok = allowed.includes(role) || (found.typeOnly && allowed.includes(`types:${role}`));
  return ok ? undefined : `${found.from} imports ${to}`;
}

/** Every way round in a graph, as `a → b → a`. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'closed'>();
  const found: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'closed') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    state.set(file, 'closed');
  };
  for (const file of edges.keys()) walk(file, []);
  return found;
}

const README = readFileSync(resolve(ROOT, '..', 'README.md'), 'utf8');
const BACKENDS = ['store/idb', 'store/memory'];

/** The roles that a word of README's table stands for, of which `above` have a row further up. */
function rolesOf(word: string, above: readonly string[]): readonly string[] {
  switch (word) {
    case 'nothing':
      return [];
    case 'protocol':
      return ['workers/protocol'];
    case 'any ui':
      return ['ui/kit', 'ui/domain'];
    case 'all of the above but the pool':
      return above.filter((role) => role !== 'workers/pool');
    case 'everything above but worker entries and store backends':
      return above.filter((role) => role !== 'workers/entry' && !BACKENDS.includes(role));
    default:
      return [word];
  }
}

/** README's table: what each role may import, `types` where that goes for types of some others as well. */
function readmeTable(): Readonly<Record<string, readonly string[]>> {
  const table: Record<string, readonly string[]> = {};
  const add = (role: string, cell: string): void => {
    const above = Object.keys(table);
    table[role] = cell.split(/[,;] /).flatMap((word) => rolesOf(word, above));
  };
  const [text = ''] = README.slice(README.indexOf('| folder of `src/` |')).split('\n\n');
  for (const [, folder = '', cell = ''] of text.matchAll(/^\| `(\S+)\/` \| .* \| (.*) \|$/gm)) {
    if (folder === 'workers') {
      for (const [, part, words = ''] of cell.matchAll(/(\w+): ([^;]+)/g)) {
        add(`workers/${part}`, words);
      }
    } else if (folder !== 'styles') add(folder === 'ui/<screen>' ? 'ui/domain' : folder, cell);
    if (folder === 'store') for (const backend of BACKENDS) add(backend, `${cell}, store`);
  }
  return table;
}

const files = new Set(sourceFiles(ROOT));
const imports = [...files].flatMap(importsOf);

describe('the architecture', () => {
  it('sees the imports that it judges', () => {
    expect(imports.length).toBeGreaterThan(files.size);
  });

  it('has a row for every folder', () => {
    const unknown = [...files].map(roleOf).filter((role) => role !== 'main' && !(role in ALLOWED));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('lets each folder import only what its row allows', () => {
    expect(imports.map(violation).filter((text) => text !== undefined)).toEqual([]);
  });

  it('finds an import that no row allows', () => {
    const wrong = { from: 'base/task.ts', specifier: '../oci/digest', typeOnly: false };
    expect(violation(wrong)).toBe('base/task.ts imports oci/digest.ts');
    expect(violation({ ...wrong, specifier: 'idb' })).toBe('base/task.ts imports the package idb');
    const ofScreen = { ...wrong, from: 'ui/library/ImageRow.svelte' };
    expect(violation({ ...ofScreen, specifier: './MoreList.svelte' })).toBeUndefined();
    expect(violation({ ...ofScreen, specifier: '../explorer/ImagePage.svelte' })).toBe(
      'ui/library/ImageRow.svelte imports ui/explorer/ImagePage.svelte',
    );
  });

  it('is what README says it is', () => {
    const told = Object.entries(ALLOWED).map(([role, allowed]) => {
      const whole = allowed.filter((name) => !name.startsWith('types:'));
      return [role, [...whole, ...(whole.length < allowed.length ? ['types'] : [])].sort()];
    });
    const read = Object.entries(readmeTable()).map(([role, words]) => [role, [...words].sort()]);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(told));
  });

  it('has no import cycle among files', () => {
    const edges = new Map<string, string[]>();
    for (const found of imports) {
      const to = found.typeOnly ? undefined : target(found);
      if (to !== undefined) edges.set(found.from, [...(edges.get(found.from) ?? []), to]);
    }
    expect(cycles(edges)).toEqual([]);
  });

  it('has no barrel file', () => {
    expect([...files].filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual([]);
  });

  it('has no file or folder that has not found its noun', () => {
    const vague = [...files].filter((file) =>
      /(^|\/)(utils?|helpers?|managers?|misc)\b/.test(file),
    );
    expect(vague).toEqual([]);
  });
});
