import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to connections and to servers without a port, so that none of those takes it. */
const PORTS = [12_000, 32_000] as const;

/** Finds a port of this machine on which nothing listens, and which only servers that ask for it get. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") continue;
      throw error;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

/** The address of a gRPC proxy at a port of this machine. */
export function urlOf(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}
