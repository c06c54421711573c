import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { InlineConfig } from "vite";
import { root } from "../node/environment.ts";
import { webViewerAlias } from "../setup/web-viewer.ts";
import { viewerFolder } from "./viewer-folder.ts";

const FOLDER = "examples/web";

/** The examples for browsers, by the names of their folders. */
export const PAGES: readonly string[] = readdirSync(join(root, FOLDER), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const CONFIG: InlineConfig = {
  root,
  plugins: [viewerFolder()],
  configFile: false,
  logLevel: "warn",
  // Workers load the connections to servers by `import()` too.
  worker: { format: "es" },
};

/** Serves the examples from their sources until the program ends. Returns the address of each. */
export async function servePages(): Promise<(name: string) => string> {
  const { createServer } = await import("vite");
  const resolve = { alias: { ...(await webViewerAlias()) } };
  const server = await createServer({ ...CONFIG, resolve, server: { host: "127.0.0.1" } });
  await server.listen();
  return (name) => `${localUrl(server)}${FOLDER}/${name}/`;
}

/** Builds examples (by default all of them) as an application would be built, with `changes` to the configuration. */
export async function buildPages(
  outDir: string,
  names: readonly string[] = PAGES,
  changes: InlineConfig = {},
): Promise<void> {
  const { build, mergeConfig } = await import("vite");
  const input = Object.fromEntries(names.map((name) => [name, join(root, FOLDER, name, "index.html")]));
  const output = { outDir, emptyOutDir: true, reportCompressedSize: false, chunkSizeWarningLimit: 2000 };
  const resolve = { alias: { ...(await webViewerAlias()) } };
  const config: InlineConfig = { ...CONFIG, resolve, base: "./", build: { ...output, rolldownOptions: { input } } };
  await build(mergeConfig(config, changes));
}

/** Examples that are served as they were built. */
export interface BuiltPages {
  /** The address of an example. */
  url(this: void, name: string): string;
  close(this: void): Promise<void>;
}

/** Builds all examples and serves them. */
export async function serveBuiltPages(outDir: string): Promise<BuiltPages> {
  const { preview } = await import("vite");
  await buildPages(outDir);
  const server = await preview({ ...CONFIG, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  return { url: (name) => `${localUrl(server)}${FOLDER}/${name}/index.html`, close: () => server.close() };
}

function localUrl({ resolvedUrls }: { readonly resolvedUrls: { readonly local: readonly string[] } | null }): string {
  const [url] = resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error("Vite has no local address");
  return url;
}
