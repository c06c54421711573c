import type { IncomingMessage } from "node:http";
import { isRerunError } from "@rerun-ts/core";
import { hostNameOf, isUnspecified, machineAddresses } from "@rerun-ts/node/processes";
import {
  type ServeWebViewerOptions,
  serveViewerWith,
  type Handler,
  type WebViewerServer,
} from "@rerun-ts/node/web-viewer";

/** Flags of the commands that serve the web viewer beside a relay. */
export interface ViewerFlags {
  readonly assets?: string | undefined;
  readonly bind?: string | undefined;
  readonly "allow-host"?: readonly string[] | undefined;
  readonly "no-open"?: boolean | undefined;
}

/**
 * Serves the web viewer. If no port is given and the default one is in use, it takes a free port, and prints a notice.
 */
export async function serveOnSomePort(options: ServeWebViewerOptions, handler?: Handler): Promise<WebViewerServer> {
  try {
    return await serveViewerWith(options, handler);
  } catch (error) {
    if (options.webPort !== undefined || !isPortInUse(error)) throw error;
    console.error("rerun-ts: the port 9090 is in use; the web viewer takes a free port");
    return serveViewerWith({ ...options, webPort: 0 }, handler);
  }
}

function isPortInUse(error: unknown): boolean {
  return isRerunError(error) && (error.cause as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE";
}

/**
 * Serves the web viewer of a relay. Its page without parameters shows the relay, under the name by which browsers
 * called it: from another machine `127.0.0.1` would be that machine.
 *
 * @param urlFor the URL of the relay for a host name
 */
export async function serveRelayViewer(
  flags: ViewerFlags,
  webPort: number | undefined,
  urlFor: (host: string) => string,
): Promise<WebViewerServer> {
  const { bind = "127.0.0.1" } = flags;
  const own = isUnspecified(bind) ? "127.0.0.1" : bind;
  const viewer = await serveOnSomePort(
    {
      webPort,
      bindIp: flags.bind,
      allowHosts: flags["allow-host"],
      assets: flags.assets,
      openBrowser: flags["no-open"] !== true,
      connectTo: urlFor(own),
    },
    redirectTo(({ headers }) => [urlFor(hostNameOf(headers.host ?? ""))]),
  );
  console.log(`The web viewer is at ${viewer.url}`);
  printAddresses(bind, (host) => `http://${host}:${viewer.port}`);
  return viewer;
}

/** Redirects the page without sources to the same page with these sources, and leaves all other requests. */
export function redirectTo(sourcesFor: (request: IncomingMessage) => readonly string[]): Handler {
  return (request, response, next) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname !== "/" || searchParams.has("url")) return next();
    for (const source of sourcesFor(request)) searchParams.append("url", source);
    response.writeHead(302, { location: `/?${searchParams.toString()}`, "cache-control": "no-store" }).end();
  };
}

/** Prints the URLs of a server for other machines, if they can connect. */
export function printAddresses(bind: string | undefined, urlFor: (host: string) => string): void {
  if (bind === undefined || !isUnspecified(bind)) return;
  for (const address of machineAddresses()) console.log(`From other machines: ${urlFor(address)}`);
}
