import { argumentError, checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import type { serve, types } from "@rerun-ts/node";
import {
  GRPC_SERVER_OPTIONS,
  checkServerOptions,
  describeOpenAccess,
  hasAnonymousWriters,
  serverUrl,
  RelayServer,
  forwardTo,
} from "@rerun-ts/node/relay";
import { describeBytes } from "@rerun-ts/node/files";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import { openDataset } from "./open-dataset.ts";
import type { EdgeAck } from "./nats-sequence.ts";

/** Longest time that connected viewers may take to receive the pending data at the end. */
const CLOSE_MS = 5000;
/** Longest time that an edge may take at the end to store the records of its clients. */
const STORE_MS = 15_000;

/** Options of {@link serveDataset}: the dataset, and the options of `serveGrpcRelay`. */
export interface ServeDatasetOptions extends Omit<types.GrpcServerSinkOptions, "thread"> {
  /** The name of the dataset. */
  dataset: string;
  /**
   * The address of NATS from which the dataset is served: `nats://…` or `tls://…`. Default: the dataset is not served.
   */
  from?: string | URL | undefined;
  /** The address of NATS to which everything goes that clients log: the server is an edge. Default: none. */
  to?: string | URL | undefined;
  /** The ids of the recordings that are served of `from`. Default: all. */
  recordings?: readonly string[] | undefined;
  /**
   * The moment at which an edge acknowledges data. Default `"committed"`: once it is in the object storage. `"queued"`:
   * once NATS has it.
   */
  ack?: EdgeAck | undefined;
  /** Login and TLS for NATS. Default: those of the address. */
  connect?: NatsConnectOptions | undefined;
  /** Called with the problems of the connection, which is established again. Default: prints them. */
  onWarning?: ((message: string) => void) | undefined;
}

const { thread: _, ...SERVER_OPTIONS } = GRPC_SERVER_OPTIONS;
const KNOWN: OptionNames<ServeDatasetOptions> = {
  ...SERVER_OPTIONS,
  dataset: 1,
  from: 1,
  to: 1,
  recordings: 1,
  ack: 1,
  connect: 1,
  onWarning: "function",
};

/**
 * Serves a dataset of NATS to viewers, receives data for it, or both. The data comes from pages and programs.
 * `rerun-ts serve` with `--from` and `--to` does the same. It runs in the calling thread. Closing it stores what
 * clients have sent, for at most 20 seconds.
 *
 * @throws {TypeError} if an option is wrong
 * @throws {RerunError} `AUTH` if NATS denies access to an edge, `LISTEN_FAILED` if the port cannot be bound
 *
 * @example
 * const edge = await serveDataset({ to: "nats://127.0.0.1", dataset: "fleet", port: 9876, writeToken: "SECRET" });
 * console.log(edge.url);
 */
export function serveDataset(options: ServeDatasetOptions): Promise<serve.GrpcServer> {
  return withRerunErrors(async () => {
    checkOptions("serveDataset", options, KNOWN);
    const { dataset, from, to, recordings, ack = "committed", connect = {}, onWarning, ...rest } = options ?? {};
    if (from === undefined && to === undefined)
      throw argumentError("from", "`from` or `to` is required: an address such as nats://127.0.0.1:4222");
    if (ack !== "committed" && ack !== "queued") throw invalidArgument("ack", '"committed" or "queued"', ack);
    const warn = onWarning ?? ((message: string): void => console.warn(`[rerun] ${message}`));
    const settings = checkServerOptions("serveDataset", rest);
    if (to !== undefined && hasAnonymousWriters(settings.server))
      throw argumentError(
        "writeToken",
        `\`writeToken\` or \`access\` is required with \`to\` and \`bindIp\` ${JSON.stringify(settings.server.bindIp)}: otherwise everyone who can connect writes to the dataset`,
      );
    const notice = describeOpenAccess(settings.server);
    if (notice !== undefined) warn(notice);
    const server = new RelayServer(settings.server);
    const opened = await openDataset({
      from: from === undefined ? undefined : String(from),
      to: to === undefined ? undefined : String(to),
      ack,
      dataset,
      recordings,
      connect,
      onMessage: (message) => server.write(message),
      onWarning: warn,
    });
    const { upstream } = opened;
    if (upstream !== undefined) server.relay.forward(forwardTo(upstream, server.relay));
    const close = async (): Promise<void> => {
      await opened.stop();
      // Drains before closing the server, while clients can still receive acknowledgements.
      await upstream?.drain(CLOSE_MS);
      await server.close(CLOSE_MS);
      const pending = (await upstream?.close(STORE_MS)) ?? 0;
      if (pending > 0)
        warn(`${describeBytes(pending)} are not stored yet; clients that still have them send them again`);
    };
    try {
      const port = await server.listen();
      if (settings.isUnref) server.unref();
      let closing: Promise<void> | undefined;
      const url = serverUrl(settings.server, port);
      return { url, port, stats: () => server.stats(), close: () => (closing ??= close()) };
    } catch (error) {
      await close();
      throw error;
    }
  });
}
