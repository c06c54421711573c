import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { QuarantinedPart } from "./catalog-keeper.ts";

/** The longest list of refused parts in an answer. */
const MAX_LISTED = 100;

/** The state of a keeper. */
export interface KeeperStatus {
  readonly catalog: string;
  readonly store: string;
  readonly registered: number;
  readonly pending: number;
  readonly quarantined: readonly QuarantinedPart[];
  readonly passes: number;
  readonly failures: number;
  /** The failure of the last pass; `undefined` if it has succeeded. */
  readonly lastFailure: string | undefined;
}

/** Serves the state of a keeper: `/healthz` as JSON, and `/metrics` for Prometheus. */
export class StatusServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(host: string, port: number, status: () => KeeperStatus): Promise<StatusServer> {
    const server = createServer(({ method, url }, response) => {
      const path = url?.split("?")[0];
      if (method !== "GET" && method !== "HEAD") response.writeHead(405).end();
      else if (path === "/healthz") {
        const { isHealthy, text } = health(status());
        response.writeHead(isHealthy ? 200 : 503, { "content-type": "application/json" }).end(text);
      } else if (path === "/metrics")
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics(status()));
      else response.writeHead(404).end();
    });
    server.listen(port, host);
    await once(server, "listening");
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

function health(status: KeeperStatus): { readonly isHealthy: boolean; readonly text: string } {
  const { quarantined, ...rest } = status;
  // Before the first pass a catalog lacks everything.
  const isHealthy = status.lastFailure === undefined && status.passes > 0;
  const state = isHealthy ? (quarantined.length === 0 ? "ok" : "refused parts") : "failing";
  const refused = { count: quarantined.length, parts: quarantined.slice(0, MAX_LISTED) };
  return { isHealthy, text: `${JSON.stringify({ status: state, ...rest, refused }, undefined, 2)}\n` };
}

function metrics({ registered, pending, quarantined, passes, failures }: KeeperStatus): string {
  const gauge = (name: string, help: string, value: number, type = "gauge"): string =>
    `# HELP rerun_keeper_${name} ${help}\n# TYPE rerun_keeper_${name} ${type}\nrerun_keeper_${name} ${value}\n`;
  return (
    gauge("parts_registered", "Parts of the store that the catalog has.", registered) +
    gauge("parts_pending", "Parts of the store that the catalog lacks.", pending) +
    gauge("parts_refused", "Parts that are damaged, or do not fit into their dataset.", quarantined.length) +
    gauge("passes_total", "Completed comparisons of the store and the catalog.", passes, "counter") +
    gauge("failures_total", "Failed comparisons of the store and the catalog.", failures, "counter")
  );
}
