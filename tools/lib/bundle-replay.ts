// The player of recorded pages as one script, which the module `html/script` of `@rerun-ts/replay` has as text.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { build } from "esbuild";

const FOLDER = join(root, "packages/replay");

/** Writes the script into the built module, from the sources of the package. */
export async function bundleReplay(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, "src/html/page-entry.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "warning",
  });
  const script = (outputFiles[0]?.text ?? "").trim();
  // HTML ends a script at the first, and reads the second in another way.
  if (/<\/script|<!--/i.test(script)) throw new Error("the script of the player has a text that ends a script element");
  const text = `export const REPLAY_SCRIPT = ${JSON.stringify(script)};\n`;
  await writeFile(join(FOLDER, "dist/html/script.js"), text);
}
