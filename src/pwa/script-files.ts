/** What the bundler knows of modules. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Modules, as paths in the project, that are fetched with all their imports in one file; what is in an earlier file is not in a later one. */
export type ScriptFiles = Readonly<Record<string, readonly string[]>>;

/**
 * Says which file a module belongs in, for the bundler's `codeSplitting.groups`; null leaves it to the bundler, which makes a file of what
 * the same set of dynamic imports needs. Of a screen that shares its parts with others that makes dozens, and each costs the start a request.
 */
export function scriptFileOf(
  root: string,
  files: ScriptFiles,
): (id: string, modules: Modules) => string | null {
  const known = new Map<string, ReadonlySet<string>>();
  return (id, modules) => {
    for (const [name, entries] of Object.entries(files)) {
      const paths = entries.map((entry) => `${root}/${entry}`);
      const members = known.get(name) ?? withImports(paths, modules);
      known.set(name, members);
      if (members.has(id)) return name;
    }
    return null;
  };
}

/** The modules and all that they import, dynamic imports aside. */
function withImports(ids: readonly string[], modules: Modules): ReadonlySet<string> {
  const seen = new Set(ids);
  // A set that grows is visited to its new end.
  for (const id of seen) {
    for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) seen.add(imported);
  }
  return seen;
}
