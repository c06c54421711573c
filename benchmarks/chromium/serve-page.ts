import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { root } from "@rerun-ts/test-support/node/environment";
import { build, type Plugin } from "esbuild";
import type { Usage } from "./processes.ts";
import type { PageReport } from "./run-page.ts";

const HEADERS = {
  // Isolated from others, pages see time in steps of 5 µs instead of 100.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
};
const VIEWER = "/viewer/";
const IMPORTS = JSON.stringify({ imports: { "@rerun-io/web-viewer": `${VIEWER}index.js` } });
/** The page that runs a program of `page.ts`, `read-page.ts` or `viewer-page.ts`. */
const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><script type="importmap">${IMPORTS}</script>
<script type="module" src="/${script}.js"></script>`;

export interface ServePageOptions {
  /** The folder of the checkout with the packages. Default: this one. */
  readonly checkout?: string | undefined;
  /** The file for the recording that the page posts. */
  readonly saveTo: string | undefined;
  /** The file that the page reads. */
  readonly file?: string | undefined;
  /** The folder of the viewer's package, for a page that shows its recording. */
  readonly viewerFolder?: string | undefined;
  /** Measures the resources that the browser has used so far. */
  measureUsage(this: void): Promise<Usage | undefined>;
}

export interface ServedPage {
  readonly port: number;
  /** The report that the page posts at its end. */
  readonly report: Promise<PageReport>;
  /**
   * The resources that the browser used from the beginning to the end of the workload, where the platform can measure
   * them.
   */
  usage(this: void): Partial<Usage>;
  close(this: void): Promise<void>;
}

/** Serves the page, and receives its posts. */
export async function servePage(options: ServePageOptions): Promise<ServedPage> {
  const { checkout = root, saveTo, file: toRead, viewerFolder, measureUsage } = options;
  const files = await buildPage(checkout);
  let before: Usage | undefined;
  let after: Usage | undefined;
  let finish: (report: PageReport) => void = () => {};
  const report = new Promise<PageReport>((resolve) => (finish = resolve));
  const posts: Readonly<Record<string, (request: IncomingMessage) => Promise<void>>> = {
    "/begin": async () => void (before = await measureUsage()),
    "/end": async () => void (after = await measureUsage()),
    "/recording": async (request) => {
      if (saveTo !== undefined) await pipeline(request, createWriteStream(saveTo));
    },
    "/result": async (request) => finish(JSON.parse(await text(request)) as PageReport),
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const file = files.get(pathname);
    if (request.method === "POST") {
      await posts[pathname]?.(request);
      response.writeHead(204, HEADERS).end();
    } else if (file !== undefined) {
      response.writeHead(200, { ...HEADERS, "content-type": "text/javascript" }).end(file);
    } else if (pathname === "/file" && toRead !== undefined) {
      await pipeline(createReadStream(toRead), response.writeHead(200, HEADERS));
    } else if (pathname.startsWith(VIEWER) && viewerFolder !== undefined) {
      const type = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      const path = join(viewerFolder, basename(pathname));
      await pipeline(createReadStream(path), response.writeHead(200, { ...HEADERS, "content-type": type }));
    } else {
      const program = toRead === undefined ? "page" : "read-page";
      const page = pageOf(viewerFolder === undefined ? program : "viewer-page");
      response.writeHead(200, { ...HEADERS, "content-type": "text/html" }).end(page);
    }
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => finish({ error: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    report,
    usage: () => difference(before, after),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function buildPage(checkout: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: {
      page: join(import.meta.dirname, "page.ts"),
      "read-page": join(import.meta.dirname, "read-page.ts"),
      "read-worker": join(import.meta.dirname, "read-worker.ts"),
      "viewer-page": join(import.meta.dirname, "viewer-page.ts"),
      worker: "@rerun-ts/web/worker",
    },
    outdir: "/",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    external: ["@rerun-io/web-viewer"],
    write: false,
    logLevel: "silent",
    plugins: [packagesOf(checkout)],
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
}

/** Takes the packages from a checkout. */
function packagesOf(checkout: string): Plugin {
  const found = Symbol("found");
  return {
    name: "packages of a checkout",
    setup(builder) {
      builder.onResolve({ filter: /^@rerun-ts\// }, ({ path, kind, pluginData }) =>
        pluginData === found ? undefined : builder.resolve(path, { kind, resolveDir: checkout, pluginData: found }),
      );
    },
  };
}

function difference(before: Usage | undefined, after: Usage | undefined): Partial<Usage> {
  if (before === undefined || after === undefined) return {};
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    mainThreadSeconds: after.mainThreadSeconds - before.mainThreadSeconds,
    peakBytes: after.peakBytes,
  };
}
