import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "@rerun-ts/core/checks";
import type { OpenSettings } from "../../open/open-options.ts";
import type { PanelPage } from "../platform.ts";

/** The path of the page on the server of the web viewer. */
const PATH = "/controls/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Serves the page with the viewer and the panel. Without its files, or without a viewer, there is no page. */
export async function serveFolder({
  servesPage,
  bindIp = "127.0.0.1",
  allowHosts,
  tls,
  onWarning,
}: OpenSettings): Promise<PanelPage | undefined> {
  if (!servesPage || !existsSync(join(pageFolder(), "index.html"))) return undefined;
  try {
    const { serveViewerWith } = await import("@rerun-ts/node/web-viewer");
    const options = { webPort: 0, bindIp, allowHosts, openBrowser: false, unref: true, onWarning };
    const server = await serveViewerWith(options, serveFile, tls);
    const url = new URL(PATH, server.url).href;
    return { url, close: () => server.close() };
  } catch (error) {
    onWarning(`no page for the controls: ${messageOf(error)}`);
    return undefined;
  }
}

function serveFile({ url = "", method }: IncomingMessage, response: ServerResponse, next: () => void): void {
  const [path = ""] = url.split("?", 1);
  const name = path.slice(PATH.length) || "index.html";
  if (!path.startsWith(PATH) || method !== "GET" || !/^[\w-]+\.(?:html|js|css)$/.test(name)) return next();
  const file = join(pageFolder(), name);
  if (!existsSync(file)) return next();
  response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain");
  response.setHeader("cache-control", "no-cache");
  response.setHeader("referrer-policy", "no-referrer");
  response.end(readFileSync(file));
}

/** The folder with the built files of the page. Bundles of programs may have no `import.meta.url`. */
function pageFolder(): string {
  return fileURLToPath(new URL("../../page/", import.meta.url));
}
