import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ObjectStore } from "@rerun-ts/storage";
import { build, type Rolldown } from "vite";

const TYPES: Readonly<Record<string, string>> = { html: "text/html; charset=utf-8", js: "text/javascript" };

/** The page with its uploads, while it is served. */
export interface PageServer {
  readonly url: string;
  close(this: void): Promise<void>;
}

/**
 * Serves the page of this example, and takes its uploads. For a bucket, `presignUpload` would sign a request for each
 * part, and the page would send it there. A store in a folder has nobody else who could take it.
 */
export async function servePage(store: ObjectStore): Promise<PageServer> {
  const files = await buildPage();
  const server = createServer((request, response) => {
    if (request.method === "PUT") return void takeUpload(store, request, response);
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const file = files.get(path);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[path.replace(/^.*\./, "")] ?? "application/octet-stream" });
    response.end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Bundles the page, which then loads in few requests. Returns its files by their paths. */
async function buildPage(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const built = (await build({
    root: `${import.meta.dirname}/page`,
    configFile: false,
    logLevel: "warn",
    build: { write: false, chunkSizeWarningLimit: 2000 },
    worker: { format: "es" },
  })) as Rolldown.RolldownOutput;
  return new Map(built.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]));
}

/** Stores a part of a page. The parts of others, and what is there already, stay as they are. */
async function takeUpload(store: ObjectStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = decodeURIComponent(new URL(request.url ?? "", "http://localhost").pathname.slice("/uploads/".length));
  try {
    if (!key.startsWith("v1/fleet/direct/page-")) throw new Error(`a page may not write ${key}`);
    const isNew = await store.create(key, await buffer(request));
    response.writeHead(isNew ? 201 : 412).end();
  } catch (error) {
    response.writeHead(403).end(String(error));
  }
}
