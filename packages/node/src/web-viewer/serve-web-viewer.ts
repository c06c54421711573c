import { withRerunErrors } from "@rerun-ts/core/checks";
import type { ServeWebViewerOptions } from "./serve-web-viewer-options.ts";
import type { WebViewerServer } from "./viewer-server.ts";

/**
 * Serves Rerun's web viewer to browsers, and opens it in the default browser. Its files come from the program `rerun`
 * or from the package `@rerun-io/web-viewer`, or else are downloaded with pip. They are unpacked and compressed into
 * the user's cache folder, once per version, in a few seconds. The server runs in the calling thread, and keeps the
 * process alive until it is closed, unless `unref` is set. Requests for foreign host names get status 403
 * (`allowHosts`).
 *
 * Rejects with `NOT_FOUND` without a web viewer (the message explains how to install one), `LISTEN_FAILED` if the
 * port cannot be bound, and with `INVALID_ARGUMENT` if an option is wrong. A failure to open the browser is only a
 * warning.
 *
 * @example
 * const server = await rec.serveGrpc();
 * const { url } = await rr.serve.serveWebViewer({ connectTo: server.url });
 */
export function serveWebViewer(options?: ServeWebViewerOptions): Promise<WebViewerServer> {
  return withRerunErrors(async () => {
    const { serveViewerWith } = await import("./viewer-server.ts");
    return serveViewerWith(options);
  });
}
