import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { hostRejection, isUnspecified, toUrlHost } from "../net/host-names.ts";
import { listenError } from "../net/listen-error.ts";
import { pem } from "../net/pem.ts";
import { findViewer } from "./find-viewer.ts";
import { openInBrowser } from "./open-in-browser.ts";
import {
  checkWebViewerOptions,
  type ServeWebViewerOptions,
  type WebViewerSettings,
} from "./serve-web-viewer-options.ts";
import { unpackViewer } from "./viewer-files.ts";

/** An HTTP server on this machine that has the files of the web viewer. */
export interface WebViewerServer {
  /** The URL to open in a browser, with the URLs of `connectTo` as parameters. */
  readonly url: string;
  /** The port on which the server listens, also if the system has chosen it. */
  readonly port: number;
  /** Closes the server and its connections. */
  close(): Promise<void>;
}

/** Handles requests before the web viewer does. Calls `next` for all other requests. */
export type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Browsers revalidate the cached files, which are large, before they use them. */
const CACHE_CONTROL = "no-cache";
/** Time that idle connections stay open. */
const KEEP_ALIVE_MS = 65_000;
/** The header with the uncompressed length, which the page of the viewer needs to show its loading progress. */
const LENGTH_HEADER = "rerun-final-length";

/**
 * Serves the web viewer as `serveWebViewer` does. `handler` receives requests for this host first. By default it leaves
 * all of them to the viewer. `tls` encrypts the connections.
 */
export async function serveViewerWith(
  options: ServeWebViewerOptions | undefined,
  handler: Handler = (_request, _response, next) => next(),
  tls?: { readonly key: string | Uint8Array; readonly cert: string | Uint8Array },
): Promise<WebViewerServer> {
  const settings = checkWebViewerOptions(options);
  const folder = await prepareFolder(settings);
  const lengths = await uncompressedLengths(folder);
  const { default: sirv } = await import("sirv");
  const files = sirv(folder, {
    gzip: true,
    etag: true,
    // The npm package imports `./re_viewer`.
    extensions: ["html", "js"],
    setHeaders(response, path) {
      response.setHeader("cache-control", CACHE_CONTROL);
      const length = lengths.get(path);
      if (length !== undefined) response.setHeader(LENGTH_HEADER, String(length));
    },
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const reason = hostRejection(settings, request.headers.host, request.socket.localAddress);
    if (reason !== undefined) return forbid(response, reason);
    handler(request, response, () =>
      files(request, response, () => {
        response.statusCode = 404;
        response.end("no such file\n");
      }),
    );
  };
  const server: Server =
    tls === undefined
      ? createServer(onRequest)
      : createTlsServer({ key: pem(tls.key), cert: pem(tls.cert) }, onRequest);
  // Idle connections keep the process alive, so an unref'd server keeps Node's short timeout. Otherwise the timeout
  // exceeds that of browsers, because closing first may lose a request.
  if (!settings.isUnref) server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listen(server, settings);
  if (settings.isUnref) server.unref();
  const url = viewerUrl(settings, port).replace(/^http:/, tls === undefined ? "http:" : "https:");
  if (settings.opensBrowser) void openInBrowser(url, settings.onWarning);
  return { url, port, close: () => close(server) };
}

function forbid(response: ServerResponse, reason: string): void {
  response.statusCode = 403;
  response.end(`${reason}\n`);
}

/** The folder of the web viewer that `assets` selects, unpacked if need be. Rejects as `serveWebViewer` does. */
export function prepareViewer(options: ServeWebViewerOptions): Promise<string> {
  return prepareFolder(checkWebViewerOptions(options));
}

async function prepareFolder({ assets, onProgress, onWarning }: WebViewerSettings): Promise<string> {
  const found = await findViewer(assets, onWarning);
  if ("folder" in found) {
    const isPage = await stat(join(found.folder, "index.html")).catch(() => undefined);
    if (isPage?.isFile() === true) return found.folder;
    throw new RerunError(
      "NOT_FOUND",
      `\`assets\` must be the folder of a web viewer, but ${found.folder} has no index.html`,
    );
  }
  if (found.notice !== undefined) onWarning(found.notice);
  return unpackViewer(found.files, onProgress);
}

/** The uncompressed length of each file, by its path. */
async function uncompressedLengths(folder: string): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>();
  for (const name of await readdir(folder)) lengths.set(`/${name}`, (await stat(join(folder, name))).size);
  return lengths;
}

async function listen(server: Server, { webPort, bindIp }: WebViewerSettings): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, webPort, bindIp, "webPort")));
    server.listen({ port: webPort, host: bindIp, exclusive: true }, resolve);
  });
  server.on("error", () => {});
  return (server.address() as AddressInfo).port;
}

/** The URL of the page, with the URLs that it shows as parameters in Rerun's form. */
function viewerUrl({ bindIp, connectTo }: WebViewerSettings, port: number): string {
  const host = isUnspecified(bindIp) ? "127.0.0.1" : toUrlHost(bindIp);
  const query = connectTo.map((url) => `url=${encodeURIComponent(url)}`).join("&");
  return `http://${host}:${port}${query === "" ? "" : `/?${query}`}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
