import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const FOLDER = "examples/web";

/** The examples for browsers, by their folders. */
export const PAGES = readdirSync(join(root, FOLDER), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const CONFIG = {
  root,
  configFile: false,
  logLevel: "warn",
  // The viewer finds its WebAssembly by its own address.
  optimizeDeps: { exclude: ["@rerun-io/web-viewer"] },
  // Workers load the ways to a server by `import()` too.
  worker: { format: "es" },
};

/**
 * Serves the examples as they are written, until the program ends.
 * @returns {Promise<(name: string) => string>} the address of each
 */
export async function servePages() {
  const { createServer } = await import("vite");
  const server = await createServer({ ...CONFIG, server: { host: "127.0.0.1" } });
  await server.listen();
  return (name) => `${server.resolvedUrls.local[0]}${FOLDER}/${name}/`;
}

/**
 * Builds examples, as an application would be.
 * @param {string} outDir
 * @param {readonly string[]} [names] default: all
 */
export async function buildPages(outDir, names = PAGES) {
  const { build } = await import("vite");
  const input = Object.fromEntries(names.map((name) => [name, join(root, FOLDER, name, "index.html")]));
  const own = { outDir, emptyOutDir: true, reportCompressedSize: false, chunkSizeWarningLimit: 2000 };
  await build({ ...CONFIG, base: "./", build: { ...own, rolldownOptions: { input } } });
}

/**
 * Builds all examples and serves them.
 * @param {string} outDir
 * @returns {Promise<{ url: (name: string) => string, close: () => Promise<void> }>}
 */
export async function serveBuiltPages(outDir) {
  const { preview } = await import("vite");
  await buildPages(outDir);
  const build = { outDir };
  const server = await preview({ ...CONFIG, build, preview: { host: "127.0.0.1", port: 0 } });
  const [address] = server.resolvedUrls.local;
  return { url: (name) => `${address}${FOLDER}/${name}/index.html`, close: () => server.close() };
}
