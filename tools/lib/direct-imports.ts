import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

const EXPORTS = /^export \{([^}]*)\} from "([^"]+)";$/gm;
const IMPORTS = /^import \{([^}]*)\} from "([^"]+)";$/gm;

/**
 * Lets modules import from the module that declares a name, instead of an entry point that exports this name. Whoever
 * imports an entry point would load all that other commands need of the package.
 *
 * @param entries the sources of entry points by their names
 */
export async function directImports(entries: Readonly<Record<string, string>>): Promise<Plugin> {
  const declared = new Map<string, Map<string, string>>();
  for (const [id, path] of Object.entries(entries)) {
    const modules = new Map<string, string>();
    for (const [, names = "", from = ""] of (await readFile(path, "utf8")).matchAll(EXPORTS)) {
      if (!from.startsWith(".")) continue;
      // A name that an entry point changes, or that is a type, is imported from the entry point.
      for (const name of listed(names)) if (/^\w+$/.test(name)) modules.set(name, join(dirname(path), from));
    }
    declared.set(id, modules);
  }
  return {
    name: "direct-imports",
    transform(code, module) {
      if (module.includes("/node_modules/")) return undefined;
      const direct = code.replaceAll(IMPORTS, (statement, names: string, from: string) => {
        const modules = declared.get(from);
        if (modules === undefined) return statement;
        return listed(names)
          .map((name) => `import { ${name} } from ${JSON.stringify(modules.get(name.split(" ")[0] ?? "") ?? from)};`)
          .join("\n");
      });
      return direct === code ? undefined : { code: direct, map: null };
    },
  };
}

/** The names between braces. */
function listed(names: string): string[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}
