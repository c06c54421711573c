import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { hostNameOf, isLoopback } from "@rerun-ts/node/processes";
import { healthText, metricsText, type StatusReport } from "@rerun-ts/node/status";

/** Serves the state of a program: `/healthz` as JSON, and `/metrics` for Prometheus. */
export class StatusServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts the server. Rejects if the address is in use. */
  static async start(
    command: string,
    { host, port }: { readonly host: string; readonly port: number },
    report: () => StatusReport,
  ): Promise<StatusServer> {
    const isLocal = isLoopback(hostNameOf(host));
    const server = createServer(({ method, url, headers }, response) => {
      const path = url?.split("?")[0];
      // A page can give a name of its own to an address of this machine (DNS rebinding).
      if (isLocal && !isLoopback(hostNameOf(headers.host ?? "")))
        response.writeHead(403).end("the host must be localhost, or an address of this machine\n");
      else if (method !== "GET" && method !== "HEAD") response.writeHead(405).end();
      else if (path === "/healthz") {
        const state = report();
        const type = { "content-type": "application/json", "cache-control": "no-store" };
        response.writeHead(state.problem === undefined ? 200 : 503, type).end(healthText(command, state));
      } else if (path === "/metrics")
        response
          .writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" })
          .end(metricsText(command, report()));
      else response.writeHead(404).end("not found; there are /healthz and /metrics\n");
    });
    try {
      server.listen({ port, host, exclusive: true });
      await once(server, "listening");
    } catch (error) {
      const reason = `cannot serve the status at ${host}:${port}: ${messageOf(error)}`;
      throw new RerunError("LISTEN_FAILED", reason, { cause: error });
    }
    return new StatusServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
