import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Finds a port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The address of a gRPC proxy at a port of this machine. */
export function urlOf(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}
