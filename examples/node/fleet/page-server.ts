import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ObjectStore } from "@rerun-ts/cloud";
import { createServer as createViteServer } from "vite";

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
  const vite = await createViteServer({
    root: `${import.meta.dirname}/page`,
    configFile: false,
    logLevel: "warn",
    server: { middlewareMode: true, hmr: false, fs: { strict: false } },
  });
  const server = createServer((request, response) => {
    if (request.method === "PUT") void takeUpload(store, request, response);
    else vite.middlewares(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await vite.close();
    },
  };
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
