import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "@rerun-ts/core/checks";
import type * as webViewer from "@rerun-ts/node/web-viewer";
import type { OpenSettings } from "../../open/open-options.ts";
import type { PanelPage } from "../platform.ts";
import { pageHeaders } from "./page-headers.ts";

/** The entry point of the package for Node that has the viewer. */
type WebViewerModule = typeof webViewer;

/** The path of the page on the server of the web viewer. */
const PATH = "/controls/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Serves the page with the viewer and the panel. Without a viewer for pages, the panel is alone. */
export async function serveFolder({
  servesPage,
  bindIp = "127.0.0.1",
  assets,
  url: relay,
  allowHosts,
  tls,
  onWarning,
}: OpenSettings): Promise<PanelPage | undefined> {
  if (!servesPage || !existsSync(join(pageFolder(), "index.html"))) return undefined;
  try {
    const node = await import("@rerun-ts/node/web-viewer");
    const viewer = await findViewer(node, assets, onWarning);
    const options = { webPort: 0, bindIp, allowHosts, assets: viewer, openBrowser: false, unref: true, onWarning };
    const server = await node.serveViewerWith(options, (...call) => serveFile(relay, ...call), tls);
    const url = new URL(PATH, server.url).href;
    return { url, close: () => server.close() };
  } catch (error) {
    onWarning(`no page for the controls: ${messageOf(error)}`);
    return undefined;
  }
}

/** The folder of a viewer with the class that tells of clicks. Without one, that of the page alone. */
async function findViewer(
  node: WebViewerModule,
  assets: string,
  onWarning: (message: string) => void,
): Promise<string> {
  try {
    const found = await node.findViewerForPages(assets, onWarning);
    return "folder" in found ? found.folder : await node.unpackViewer(found.files, () => {});
  } catch (error) {
    onWarning(`the page of the controls has no viewer: ${messageOf(error)}`);
    return pageFolder();
  }
}

function serveFile(
  relay: string | undefined,
  { url = "", method, headers }: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const [path = ""] = url.split("?", 1);
  const name = path.slice(PATH.length) || "index.html";
  if (!path.startsWith(PATH) || method !== "GET" || !/^[\w-]+\.(?:html|js|css)$/.test(name)) return next();
  const file = join(pageFolder(), name);
  if (!existsSync(file)) return next();
  response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain");
  response.setHeader("cache-control", "no-cache");
  for (const [header, value] of Object.entries(pageHeaders(relay, headers.host))) response.setHeader(header, value);
  response.end(readFileSync(file));
}

/** The folder with the built files of the page. Bundles of programs may have no `import.meta.url`. */
function pageFolder(): string {
  return fileURLToPath(new URL("../../page/", import.meta.url));
}
