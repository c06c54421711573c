import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as reading from "@rerun-ts/reading";
import type * as importing from "@rerun-ts/import";
import type * as catalog from "@rerun-ts/catalog";
import type * as mcap from "@rerun-ts/mcap";
import type * as blueprint from "@rerun-ts/blueprint";
import type * as storage from "@rerun-ts/storage";
import type * as integration from "@rerun-ts/core/integration";
import type * as node from "@rerun-ts/node";
import type * as opentelemetry from "@rerun-ts/opentelemetry";
import type * as pino from "@rerun-ts/loggers/pino";
import type * as rendering from "@rerun-ts/testing";
import type * as controls from "@rerun-ts/controls";
import type * as three from "@rerun-ts/three";
import type * as viewerControl from "@rerun-ts/core/viewer-control";
import type * as types from "@rerun-ts/types/integration";
import type * as web from "@rerun-ts/web";
import type * as winston from "@rerun-ts/loggers/winston";
import { VERSION } from "@rerun-ts/core";
import * as esbuild from "esbuild";
import { root } from "../node/environment.ts";
import { linkFolder } from "../node/link-folder.ts";
import { PACKAGES } from "./pack.ts";

/** The entry points that a copy has, by the names in {@link Copy}. */
const ENTRIES = {
  reading: "@rerun-ts/reading",
  importing: "@rerun-ts/import",
  catalog: "@rerun-ts/catalog",
  mcap: "@rerun-ts/mcap",
  blueprint: "@rerun-ts/blueprint",
  storage: "@rerun-ts/storage",
  integration: "@rerun-ts/core/integration",
  node: "@rerun-ts/node",
  opentelemetry: "@rerun-ts/opentelemetry",
  pino: "@rerun-ts/loggers/pino",
  rendering: "@rerun-ts/testing",
  controls: "@rerun-ts/controls",
  three: "@rerun-ts/three",
  viewerControl: "@rerun-ts/core/viewer-control",
  types: "@rerun-ts/types/integration",
  web: "@rerun-ts/web",
  winston: "@rerun-ts/loggers/winston",
} as const;

/** The entry points of one copy of all packages. */
export interface Copy {
  readonly reading: typeof reading;
  readonly importing: typeof importing;
  readonly catalog: typeof catalog;
  readonly mcap: typeof mcap;
  readonly blueprint: typeof blueprint;
  readonly storage: typeof storage;
  readonly integration: typeof integration;
  readonly node: typeof node;
  readonly opentelemetry: typeof opentelemetry;
  readonly pino: typeof pino;
  readonly rendering: typeof rendering;
  readonly controls: typeof controls;
  readonly three: typeof three;
  readonly viewerControl: typeof viewerControl;
  readonly types: typeof types;
  readonly web: typeof web;
  readonly winston: typeof winston;
}

/** The version in built modules. */
const VERSION_TEXT = JSON.stringify(VERSION);

/** Options of {@link loadCopy}. */
export interface CopyOptions {
  /** The version that its modules have. Default: the version of the packages. */
  readonly version?: string | undefined;
  /** Whether it is a CommonJS bundle, with all packages and without their dependencies. Default `false`. */
  readonly isBundle?: boolean | undefined;
}

/** Copies the built packages into a folder, and loads them from there into this process. Build first. */
export async function loadCopy(folder: string, { version, isBundle = false }: CopyOptions = {}): Promise<Copy> {
  const modules = join(folder, "node_modules");
  copyPackages(modules);
  if (version !== undefined) {
    // Its bundles have the version, too.
    const dist = join(modules, "@rerun-ts/core/dist");
    for (const path of ["version.js", "bundle/siblings.js"].map((name) => join(dist, name))) {
      const source = readFileSync(path, "utf8");
      const changed = source.replaceAll(VERSION_TEXT, `"${version}"`);
      if (changed === source) throw new Error(`${path} does not define the version`);
      // The file is a link to the original.
      rmSync(path);
      writeFileSync(path, changed);
    }
  }
  // Below `node_modules`, so that test runners do not transform it.
  const path = join(modules, "all.mjs");
  const exports = Object.entries(ENTRIES).map(([name, entry]) => `export * as ${name} from "${entry}";\n`);
  writeFileSync(path, exports.join(""));
  if (!isBundle) return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Copy;
  const outfile = join(modules, "all.cjs");
  const others: esbuild.Plugin = {
    name: "others",
    setup(build) {
      build.onResolve({ filter: /^[^./#]/ }, ({ path: name }) =>
        name.startsWith("@rerun-ts/") ? undefined : { path: name, external: true },
      );
    },
  };
  await esbuild.build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    preserveSymlinks: true,
    plugins: [others],
  });
  return createRequire(path)(outfile) as Copy;
}

/** Copies the built packages into a folder `node_modules`, with links to their dependencies. */
export function copyPackages(modules: string): void {
  mkdirSync(join(modules, "@rerun-ts"), { recursive: true });
  for (const name of PACKAGES) {
    const copy = name === "cli" ? join(modules, "rerun-ts") : join(modules, "@rerun-ts", name);
    linkFolder(join(root, "packages", name, "dist"), join(copy, "dist"));
    copyFileSync(join(root, "packages", name, "package.json"), join(copy, "package.json"));
  }
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".") && name !== "@rerun-ts" && name !== "rerun-ts")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
}
