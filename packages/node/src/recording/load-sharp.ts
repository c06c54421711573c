// A default import, because webpack analyses calls of a `createRequire` that is imported by name.
import nodeModule from "node:module";
import { join } from "node:path";
import type { Sharp } from "@rerun-ts/types/media";

/** Not a literal in `require`, so that no bundler looks for it. */
const SHARP: string = "sharp";

/**
 * The optional package `sharp`, as seen from this module or, where that is a part of a bundle, from the working folder.
 * Without `import()`, whose name bundlers want to know, and else warn.
 *
 * @throws {Error} the reason of Node if it is not installed
 */
export function loadSharp(): { readonly default: Sharp } {
  try {
    return { default: nodeModule.createRequire(import.meta.url)(SHARP) as Sharp };
  } catch {
    return { default: nodeModule.createRequire(join(process.cwd(), "program.js"))(SHARP) as Sharp };
  }
}
