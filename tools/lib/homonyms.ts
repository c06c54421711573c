/** A declaration that a module exports. */
const DECLARATION =
  /^export (?:declare |default |abstract |async )*(?:function\*?|class|const|let|interface|type|enum) +([\w$]+)/gmu;

/** The names that a module declares and exports, each once. Names that the module exports for others do not count. */
export function declaredNames(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(DECLARATION), ([, name]) => name as string));
}

/** The names that several files declare and export, sorted, with the paths of the files. */
export function findHomonyms(
  files: Iterable<readonly [path: string, text: string]>,
): readonly (readonly [name: string, paths: readonly string[]])[] {
  const pathsByName = new Map<string, string[]>();
  for (const [path, text] of files) {
    for (const name of declaredNames(text)) {
      const paths = pathsByName.get(name);
      if (paths === undefined) pathsByName.set(name, [path]);
      else paths.push(path);
    }
  }
  return [...pathsByName].filter(([, paths]) => paths.length > 1).sort(([a], [b]) => (a < b ? -1 : 1));
}
