import { fileURLToPath } from "node:url";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
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

export interface PageServerOptions {
  /** An address of this machine; `"127.0.0.1"` by default. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
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

/** Builds pages, given by their paths in the project, as an application would be built, and serves them. */
export async function servePages(
  pages: readonly string[],
  { host = "127.0.0.1", headers = {}, environment = "production", plugins = [], viewer }: PageServerOptions = {},
): Promise<PageServer> {
  const outDir = makeTemporaryFolder().path;
  await build({
    root: pathOf("."),
    configFile: false,
    logLevel: "error",
    plugins: [...plugins],
    resolve: { alias: viewer === "npm" ? {} : { ...(await webViewerAlias()) } },
    base: "./",
    define: { "process.env.NODE_ENV": JSON.stringify(environment) },
    build: {
      outDir,
      emptyOutDir: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: pages.map(pathOf) },
    },
    // Workers load the connections to servers by `import()` too.
    worker: { format: "es" },
  });
  const servers: PreviewServer[] = [];
  const serveWith = async (given: Readonly<Record<string, string>>): Promise<string> => {
    const server = await preview({
      root: outDir,
      configFile: false,
      logLevel: "error",
      build: { outDir: "." },
      preview: { host, port: 0, headers: given },
    });
    servers.push(server);
    const { local = [], network = [] } = server.resolvedUrls ?? {};
    const [url] = [...local, ...network];
    if (url === undefined) throw new Error("the server has no address");
    return url;
  };
  const close = async (): Promise<void> => {
    for (const server of servers) await server.close();
    await removeTemporaryFolder(outDir);
  };
  return { url: await serveWith(headers), serveWith, close };
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
