// The page of `openControls` with the viewer and the panel: one script beside the page and its style.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { build } from "esbuild";

const SOURCES = join(root, "packages/controls/src/panel/page");
const FOLDER = join(root, "packages/controls/dist/page");

/** Writes the files of the page, from the sources of the packages. */
export async function bundlePanel(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await build({
    entryPoints: [join(SOURCES, "page-entry.ts")],
    outfile: join(FOLDER, "page.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    alias: { "@rerun-ts/core/transport": join(root, "packages/core/src/transport.ts") },
  });
  for (const name of ["index.html", "page.css"]) await copyFile(join(SOURCES, name), join(FOLDER, name));
}
