import { checkOptions, invalidArgument, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { LocalDelivery, ServerSink } from "@rerun-ts/core/transport";
import type { OverflowPolicy } from "@rerun-ts/core";
import { checkDataset } from "../parts/part-key.ts";
import type { NatsConnectOptions } from "./connect-nats.ts";
import { parseNatsUrl } from "./nats-address.ts";
import { NatsWriter } from "./nats-writer.ts";
import { packLinkOpener } from "./open-pack-link.ts";
import { newRun } from "./subjects.ts";

/** The longest wait of `flush` and `close` without a commit. */
const STALL_MS = 15_000;
const MAX_QUEUE_BYTES = 256 * 1024 * 1024;
/** Longer than ingesters gather packs by default, and than a commit takes. */
export const RESEND_SECONDS = 90;

/** Options of a {@link NatsSink}. */
export interface NatsSinkOptions {
  /** The name of the dataset, as for `rerun-ts ingest --dataset`. */
  dataset: string;
  /** The largest number of bytes in memory. Above half of it, the sink asks ingesters to commit. Default 256 MiB. */
  maxQueueBytes?: number | undefined;
  /**
   * Policy for a full queue: `"drop-oldest"`, `"drop-newest"`, or `"error"` to break the sink. Default
   * `"drop-oldest"`.
   */
  onFull?: Exclude<OverflowPolicy, "block"> | undefined;
  /** The time in seconds after which uncommitted data is sent again. Default 90. */
  resendSeconds?: number | undefined;
  /** Login, TLS, and the name of the client, as for `connect` of `@nats-io/transport-node`. Default: none. */
  connect?: NatsConnectOptions | undefined;
}

const NATS_SINK_OPTIONS: OptionNames<NatsSinkOptions> = {
  dataset: 1,
  maxQueueBytes: 1,
  onFull: 1,
  resendSeconds: 1,
  connect: 1,
};

/**
 * Sends a recording to a NATS server with JetStream. From there `rerun-ts ingest` writes it to object storage. The
 * sink keeps data until it is committed there, so NATS may lose everything. After `flush()` the server has the data,
 * and after `flush({ ack: true })` the object storage. Needs the packages `@nats-io/transport-node`,
 * `@nats-io/jetstream` and `@nats-io/nats-core`.
 *
 * @example
 * await rec.setSinks([new NatsSink("nats://127.0.0.1:4222", { dataset: "fleet" })]);
 */
export class NatsSink extends ServerSink {
  /**
   * @param url the address of a server, `nats://…` or `tls://…`, or several with commas. Messages do not contain its
   * login
   * @throws {TypeError} if the address or an option is wrong
   */
  constructor(url: string | URL, options: NatsSinkOptions) {
    checkOptions("NatsSink", options, NATS_SINK_OPTIONS);
    const address = parseNatsUrl(url);
    const { maxQueueBytes = MAX_QUEUE_BYTES, onFull = "drop-oldest", connect = {} } = options;
    const dataset = checkDataset(options.dataset);
    const resendMs = 1000 * nonNegative("resendSeconds", options.resendSeconds ?? RESEND_SECONDS);
    if ((onFull as string) === "block")
      throw invalidArgument("onFull", "one of drop-oldest, drop-newest, error", onFull);
    super({
      kind: "nats",
      url: address.href,
      destination: `${address.href}/${dataset}`,
      // A restarted server needs no retained state, because each pack can begin a part.
      options: { maxQueueBytes, onFull, maxRetainedBytes: 0 },
      byteCost: "sent",
      stallMs: STALL_MS,
      warnsOnFirstFailure: true,
      createDelivery: (limits, context) =>
        new LocalDelivery(
          {
            limits,
            sentWhen: "written",
            createWriter: (queue, events) =>
              new NatsWriter(
                queue,
                { run: newRun(), newRun, resendMs, open: packLinkOpener({ address, dataset, connect }) },
                events,
              ),
          },
          context,
        ),
    });
  }
}
