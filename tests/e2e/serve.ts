import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { PAGES as EXAMPLES } from "@rerun-ts/test-support/examples/example-pages";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { viewerFolder } from "@rerun-ts/test-support/examples/viewer-folder";
import { webViewerAlias } from "@rerun-ts/test-support/setup/web-viewer";
import { build, preview, type PluginOption, type PreviewServer } from "vite";

/** Pages of the project on a free port of this machine. */
export interface PageServer {
  /** The address of the project's root. */
  readonly url: string;
  /** Serves the same pages with other headers, from another port, until the server is closed. Returns their address. */
  serveWith(headers: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Options of {@link servePages}. */
export interface PageServerOptions {
  /** An address of this machine; `"127.0.0.1"` by default. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Options of {@link serveOwnPages}. */
export interface BuildOptions {
  /** What libraries find in `process.env.NODE_ENV`; React's strict mode does nothing in `"production"`, the default. */
  readonly environment?: "production" | "development";
  /** Plugins of Vite. */
  readonly plugins?: readonly PluginOption[];
  /**
   * The viewer for pages: `"npm"` for the installed package, which is older. Default: the viewer of Rerun's version.
   */
  readonly viewer?: "npm";
}

/** Makes a page cross-origin isolated, so that it may share memory with its workers. */
export const ISOLATING_HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const FOLDER = "tests/e2e/pages";
/** The pages and the examples as `pages.setup.ts` has built them, once for all tests. */
const BUILT = join(root, ".cache/pages");

/** This page has a build of its own, for React's strict mode. */
const OTHER = `${FOLDER}/react.html`;

/**
 * Builds the pages of this folder, and the examples for browsers, for {@link servePages}. Each page has a build of its
 * own: together they would be split into hundreds of small scripts, which take longer to load than a page to build. The
 * examples are built together, as on the documentation site.
 */
export async function buildAllPages(): Promise<void> {
  const own = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith(".html"));
  const builds = own.map((name) => [`${FOLDER}/${name}`]).filter(([page]) => page !== OTHER);
  builds.push(EXAMPLES.map((name) => `examples/web/${name}/index.html`));
  await rm(BUILT, { recursive: true, force: true });
  for (const pages of builds) await buildPages(pages, BUILT);
}

/** Serves the pages that {@link buildAllPages} has built. */
export function servePages(options: PageServerOptions = {}): Promise<PageServer> {
  return serveFolder(BUILT, options);
}

/** Builds pages, given by their paths in the project, that need a build of their own, and serves them. */
export async function serveOwnPages(pages: readonly string[], options: BuildOptions = {}): Promise<PageServer> {
  const folder = makeTemporaryFolder().path;
  await buildPages(pages, folder, options);
  const server = await serveFolder(folder);
  const close = async (): Promise<void> => {
    await server.close();
    await removeTemporaryFolder(folder);
  };
  return { ...server, close };
}

/** Builds pages as an application would be built. */
async function buildPages(
  pages: readonly string[],
  outDir: string,
  { environment = "production", plugins = [], viewer }: BuildOptions = {},
): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [...plugins, viewerFolder()],
    resolve: { alias: viewer === "npm" ? {} : { ...(await webViewerAlias()) } },
    base: "./",
    define: { "process.env.NODE_ENV": JSON.stringify(environment) },
    build: {
      outDir,
      emptyOutDir: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: pages.map((path) => join(root, path)) },
    },
    // Workers load the connections to servers by `import()` too.
    worker: { format: "es" },
  });
}

async function serveFolder(
  folder: string,
  { host = "127.0.0.1", headers = {} }: PageServerOptions = {},
): Promise<PageServer> {
  const servers: PreviewServer[] = [];
  const serveWith = async (given: Readonly<Record<string, string>>): Promise<string> => {
    const server = await preview({
      root: folder,
      configFile: false,
      logLevel: "error",
      build: { outDir: "." },
      // Pages also come from names that browsers find on this machine.
      preview: { host, port: 0, headers: given, allowedHosts: true },
    });
    servers.push(server);
    const { local = [], network = [] } = server.resolvedUrls ?? {};
    const [url] = [...local, ...network];
    if (url === undefined) throw new Error("the server has no address");
    return url;
  };
  const close = async (): Promise<void> => {
    for (const server of servers) await server.close();
  };
  return { url: await serveWith(headers), serveWith, close };
}
