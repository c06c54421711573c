import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { root } from "@rerun-ts/test-support/node/environment";
import { webViewerAlias } from "@rerun-ts/test-support/setup/web-viewer";
import { playgroundExamples } from "./examples.ts";
import { PLAYGROUND_DATA, SITE } from "./folders.ts";

/** The packages whose types the editor knows. */
const PACKAGES = ["core", "types", "blueprint", "web", "replay"];
const LIBRARY = "tools/typescript-6/node_modules/typescript/lib";
/** TypeScript's declarations for programs in a page: ECMAScript up to 2023, and the DOM. */
const LIBRARY_FILE = /^lib\.(?:es5|es20(?:1\d|2[0-3])(?:\..*)?|decorators(?:\.legacy)?|dom(?:\.iterable)?)\.d\.ts$/;

/** Builds the playground into a site. */
export async function buildPlayground(site: string = SITE): Promise<void> {
  await rm(PLAYGROUND_DATA, { recursive: true, force: true });
  await mkdir(PLAYGROUND_DATA, { recursive: true });
  await writeFile(join(PLAYGROUND_DATA, "examples.json"), JSON.stringify(await playgroundExamples()));
  await writeFile(join(PLAYGROUND_DATA, "types.json"), JSON.stringify(await declarations()));
  await cp(join(root, "examples/assets"), join(PLAYGROUND_DATA, "assets"), { recursive: true });
  const folder = join(root, "tools/site/playground");
  await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    base: "./",
    publicDir: PLAYGROUND_DATA,
    // The newest TypeScript has no API in JavaScript.
    resolve: { alias: { typescript: join(root, LIBRARY, "typescript.js"), ...(await webViewerAlias()) } },
    build: {
      emptyOutDir: true,
      outDir: join(site, "playground"),
      assetsDir: "lib",
      target: "es2022",
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        input: [join(folder, "index.html"), join(folder, "frame.html")],
        // One script for what both need, in place of dozens of small ones.
        output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } },
      },
    },
    // Workers are beside the page, so that relative addresses mean the same in both.
    worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name]-[hash].js" } } },
  });
}

/** The declarations of TypeScript and of the packages, by their paths in the editor. */
async function declarations(): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  const add = async (path: string, file: string): Promise<void> => void (files[path] = await readFile(file, "utf8"));
  for (const name of await readdir(join(root, LIBRARY))) {
    if (LIBRARY_FILE.test(name)) await add(`/${name}`, join(root, LIBRARY, name));
  }
  for (const name of PACKAGES) {
    const folder = join(root, "packages", name);
    const place = `/node_modules/@rerun-ts/${name}`;
    await add(`${place}/package.json`, join(folder, "package.json"));
    for (const file of await readdir(join(folder, "dist"), { recursive: true })) {
      if (file.endsWith(".d.ts")) await add(`${place}/dist/${file}`, join(folder, "dist", file));
    }
  }
  return files;
}
