import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { build } from "esbuild";

/** The programs that are measured: they run without the TypeScript loader, which takes time and memory itself. */
const PROGRAMS = [
  "peers/read-rerun-ts.ts",
  "peers/rerun-ts.ts",
  "peers/start.mjs",
  "peers/start-row.mjs",
  "relay/readers.ts",
  "relay/save-writer.ts",
  "relay/server.ts",
  "relay/writer.ts",
  "storage/fill-stream.ts",
  "storage/first-query.ts",
];
/** The folder of the compiled programs that run with the packages of this checkout. */
export const PROGRAMS_FOLDER: string = join(root, ".cache/bench/programs");

/** Compiles the programs that are measured to JavaScript, which runs with the packages that `folder` can see. */
export async function compilePrograms(folder: string = PROGRAMS_FOLDER): Promise<void> {
  await build({
    entryPoints: PROGRAMS.map((path) => join(root, "benchmarks", path)),
    outbase: join(root, "benchmarks"),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
}

/** The path of a compiled program. */
export function compiledPath(path: string): string {
  return join(PROGRAMS_FOLDER, path.replace(/\.ts$/, ".mjs"));
}
