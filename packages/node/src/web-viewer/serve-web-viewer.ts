import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { inUrl, isUnspecified } from "../relay/host-name.ts";
import { listenError } from "../relay/one-port.ts";
import { findViewer } from "./find-viewer.ts";
import { openInBrowser } from "./open-in-browser.ts";
import {
  checkWebViewerOptions,
  type ServeWebViewerOptions,
  type WebViewerSettings,
} from "./serve-web-viewer-options.ts";
import { unpackViewer } from "./viewer-files.ts";

/** A web viewer that is being served. */
export interface WebViewerServer {
  /** What to open in a browser; with `connectTo` it shows that. */
  readonly url: string;
  readonly port: number;
  /** Ends it. */
  close(): Promise<void>;
}

/** What else a server answers. */
export type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Pages look for themselves what has changed; the files are large, so they ask before they load anything again. */
const CACHE_CONTROL = "no-cache";
/** The page of the viewer shows by it how far it has loaded, which compression would hide. */
const LENGTH_HEADER = "rerun-final-length";

/**
 * Serves Rerun's web viewer to browsers, and opens it in one. Its files come from the program `rerun` or from the package
 * `@rerun-io/web-viewer`, whichever there is; they are unpacked once for each version, and compressed, which takes a few
 * seconds, into the user's folder for caches. Keeps the program alive until it is closed.
 *
 * Rejects with `FILE` if there is no web viewer, which says how to get one; `SERVER` if the port cannot be listened on.
 *
 * @example
 * const { url } = await rr.serveWebViewer({ connectTo: await rec.serveGrpc() });
 */
export async function serveWebViewer(options?: ServeWebViewerOptions): Promise<WebViewerServer> {
  return serveViewerWith(options, (_request, _response, next) => next());
}

/** Serves the web viewer, and what `handler` answers before. */
export async function serveViewerWith(
  options: ServeWebViewerOptions | undefined,
  handler: Handler,
): Promise<WebViewerServer> {
  const settings = checkWebViewerOptions(options);
  const folder = await prepareFolder(settings);
  const lengths = await uncompressedLengths(folder);
  const { default: sirv } = await import("sirv");
  const files = sirv(folder, {
    gzip: true,
    etag: true,
    extensions: ["html"],
    setHeaders(response, path) {
      response.setHeader("cache-control", CACHE_CONTROL);
      const length = lengths.get(path);
      if (length !== undefined) response.setHeader(LENGTH_HEADER, String(length));
    },
  });
  const server = createServer((request, response) => {
    handler(request, response, () =>
      files(request, response, () => {
        response.statusCode = 404;
        response.end("there is no such file\n");
      }),
    );
  });
  const port = await listen(server, settings);
  if (settings.isUnref) server.unref();
  const url = viewerUrl(settings, port);
  if (settings.opensBrowser) void openInBrowser(url, settings.onWarning);
  return { url, port, close: () => close(server) };
}

async function prepareFolder({ assets, onProgress, onWarning }: WebViewerSettings): Promise<string> {
  const found = await findViewer(assets);
  if ("folder" in found) {
    const isPage = await stat(join(found.folder, "index.html")).catch(() => undefined);
    if (isPage?.isFile() === true) return found.folder;
    throw new RerunError("FILE", `\`assets\` must name a web viewer: there is no index.html in ${found.folder}`);
  }
  if (found.notice !== undefined) onWarning(found.notice);
  return unpackViewer(found.files, onProgress);
}

/** How long each file is, by its path. */
async function uncompressedLengths(folder: string): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>();
  for (const name of await readdir(folder)) lengths.set(`/${name}`, (await stat(join(folder, name))).size);
  return lengths;
}

async function listen(server: Server, { webPort, bindIp }: WebViewerSettings): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, webPort, bindIp)));
    server.listen({ port: webPort, host: bindIp }, resolve);
  });
  server.on("error", () => {});
  return (server.address() as AddressInfo).port;
}

/** The address of the page, with what it shows written as Rerun does. */
function viewerUrl({ bindIp, connectTo }: WebViewerSettings, port: number): string {
  const host = isUnspecified(bindIp) ? "127.0.0.1" : inUrl(bindIp);
  const query = connectTo.map((url) => `url=${encodeURIComponent(url)}`).join("&");
  return `http://${host}:${port}${query === "" ? "" : `?${query}`}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
