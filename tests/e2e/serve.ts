import { fileURLToPath } from "node:url";
import { createServer, type ViteDevServer } from "vite";

/** A folder of pages on a free port of this machine. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder of the project, with TypeScript, as `npm run examples` does. `host`: an address of this machine. */
export async function servePages(folder: string, host = "127.0.0.1"): Promise<PageServer> {
  const root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const server: ViteDevServer = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    // Each test has a separate cache: a shared one would cause races.
    cacheDir: fileURLToPath(new URL("../../.cache/vite", import.meta.url)),
    server: { host, port: 0, hmr: false },
    optimizeDeps: { noDiscovery: true },
  });
  await server.listen();
  const url = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])][0];
  if (url === undefined) throw new Error("the server has no address");
  return { url, close: () => server.close() };
}
