import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { root } from "../node/environment.ts";

/** A module that was built of a package without workers, which Node could not start from TypeScript. */
const BUILT =
  /\/packages\/(core|types|blueprint|reading|mcap|catalog|import|three|controls|replay|react|opentelemetry|loggers|storage)\/dist\/(?:bundle\/)?(.*)\.js$/;

/** Loads the modules of packages from their sources instead of `dist`, so that no build is needed after an edit. */
export function sources(): Plugin {
  return {
    name: "sources",
    enforce: "pre",
    async resolveId(id, importer, options) {
      const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
      const [, name, module] = BUILT.exec(resolved?.id ?? "") ?? [];
      if (name === undefined) return resolved;
      const source = join(root, "packages", name, "src", `${module}.ts`);
      return existsSync(source) ? source : resolved;
    },
  };
}
