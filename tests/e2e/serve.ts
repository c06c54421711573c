import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createServer, preview, type PluginOption, type PreviewServer, type ViteDevServer } from "vite";

/** A folder of pages on a free port of this machine. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Makes a page cross-origin isolated, so that it may share memory with its workers. */
export const ISOLATING_HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves a folder of the project, with TypeScript, as `npm run examples` does. `host`: an address of this machine. */
export async function servePages(
  folder: string,
  host = "127.0.0.1",
  headers: Readonly<Record<string, string>> = {},
): Promise<PageServer> {
  const server: ViteDevServer = await createServer({
    root: pathOf(folder),
    configFile: false,
    logLevel: "error",
    // Each test has a separate cache: a shared one would cause races.
    cacheDir: pathOf(".cache/vite"),
    server: { host, port: 0, hmr: false, headers },
    optimizeDeps: { noDiscovery: true },
  });
  await server.listen();
  return { url: urlOf(server), close: () => server.close() };
}

/**
 * Builds one page of the project and serves it at `url`: it is loaded much faster than by {@link servePages}.
 *
 * @param environment what libraries find in `process.env.NODE_ENV`; React's strict mode does nothing in `"production"`
 * @param plugins plugins of Vite
 */
export async function serveBuiltPage(
  page: string,
  environment: "production" | "development" = "production",
  plugins: readonly PluginOption[] = [],
): Promise<PageServer> {
  const outDir = await mkdtemp(join(tmpdir(), "rerun-ts-page-"));
  await build({
    root: pathOf("."),
    configFile: false,
    logLevel: "error",
    plugins: [...plugins],
    base: "./",
    define: { "process.env.NODE_ENV": JSON.stringify(environment) },
    build: { outDir, emptyOutDir: true, reportCompressedSize: false, rolldownOptions: { input: pathOf(page) } },
    worker: { format: "es" },
  });
  const server: PreviewServer = await preview({
    root: outDir,
    configFile: false,
    logLevel: "error",
    build: { outDir: "." },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const close = async (): Promise<void> => {
    await server.close();
    await rm(outDir, { recursive: true });
  };
  return { url: `${urlOf(server)}${page}`, close };
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function urlOf({ resolvedUrls }: Pick<ViteDevServer, "resolvedUrls">): string {
  const [url] = [...(resolvedUrls?.local ?? []), ...(resolvedUrls?.network ?? [])];
  if (url === undefined) throw new Error("the server has no address");
  return url;
}
