import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";

/** A server on a free port of this machine. */
interface TestServer {
  readonly url: string;
  close(this: void): Promise<void>;
}

/** Serves a folder with the viewer's files to pages of any origin. */
export function serveViewerFiles(folder: string): Promise<TestServer> {
  return listen((request, response) => {
    const name = basename(new URL(request.url ?? "/", "http://localhost").pathname);
    response.setHeader("access-control-allow-origin", "*");
    createReadStream(join(folder, name))
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
}

/** A server that counts its requests. */
export async function countingServer(): Promise<TestServer & { requests(): number }> {
  let requests = 0;
  const server = await listen((_, response) => {
    requests++;
    response.setHeader("access-control-allow-origin", "*");
    response.end();
  });
  return { ...server, requests: () => requests };
}

async function listen(handle: RequestListener): Promise<TestServer> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
