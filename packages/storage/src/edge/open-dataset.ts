import type { EncodedMessage } from "@rerun-ts/core";
import type { StatusReport } from "@rerun-ts/node/status";
import type { Upstream } from "@rerun-ts/node/relay";
import { followDataset } from "../live/follow-dataset.ts";
import { checkLogin, type NatsConnectOptions } from "../nats/connect-nats.ts";
import { parseNatsUrl } from "../nats/nats-address.ts";
import { RESEND_SECONDS } from "../nats/nats-sink.ts";
import { checkDataset } from "../parts/part-key.ts";
import { DueWork } from "../status/due-work.ts";
import { dueWorkMetrics } from "../status/due-work-metrics.ts";
import type { EdgeAck } from "./nats-sequence.ts";
import { NatsUpstream } from "./nats-upstream.ts";

/** The same as the queue of a `NatsSink`. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Settings of {@link openDataset}. */
export interface DatasetSettings {
  /** The address to read from, if any. */
  readonly from: string | undefined;
  /** The address to write to, if any. */
  readonly to: string | undefined;
  readonly ack: EdgeAck;
  readonly dataset: string;
  /** The ids of the recordings to read. Default: all. */
  readonly recordings: readonly string[] | undefined;
  readonly connect: NatsConnectOptions;
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
  /** The time after which a problem counts, in milliseconds. Default 30,000. */
  readonly limitMs?: number | undefined;
}

/** A dataset that a relay serves, or for which the relay is an edge. */
export interface OpenDataset {
  readonly upstream: Upstream | undefined;
  /** Whether what is due happens. */
  status(): Pick<StatusReport, "problem" | "metrics">;
  stop(): Promise<void>;
}

/**
 * Opens a dataset in NATS for a relay. An edge that also reads the dataset does not pass its own messages on again.
 *
 * @throws {TypeError} if an address or the dataset is wrong
 * @throws {RerunError} `AUTH` if the server denies access
 */
export async function openDataset(settings: DatasetSettings): Promise<OpenDataset> {
  const { from, to, ack, recordings, connect, onMessage, onWarning, limitMs } = settings;
  const dataset = checkDataset(settings.dataset);
  const upstream =
    to === undefined
      ? undefined
      : new NatsUpstream({
          address: parseNatsUrl(to, "to"),
          dataset,
          connect,
          ack,
          maxBytes: MAX_BYTES,
          resendMs: 1000 * RESEND_SECONDS,
          onWarning,
          limitMs,
        });
  // Before anything is read: a wrong login stays wrong.
  if (from !== undefined) await checkLogin(parseNatsUrl(from), connect);
  const reading = new DueWork("reads of NATS", undefined, limitMs);
  const onState = (problem: string | undefined): void => {
    if (problem === undefined) reading.recover(from === undefined ? "" : parseNatsUrl(from).href);
    else reading.fail(from === undefined ? "" : parseNatsUrl(from).href, problem);
  };
  const followed =
    from === undefined
      ? undefined
      : followDataset({ from, dataset, recordings, connect, known: upstream, onMessage, onWarning, onState });
  try {
    await upstream?.check();
  } catch (error) {
    await followed?.stop();
    throw error;
  }
  return {
    upstream,
    status() {
      const read = followed && reading.report();
      const written = upstream?.due();
      const problems = [read?.problem, written?.problem].filter((problem) => problem !== undefined);
      return {
        problem: problems.length === 0 ? undefined : problems.join("; "),
        metrics: [
          ...(read === undefined ? [] : dueWorkMetrics({ component: "serve --from" }, read)),
          ...(written === undefined ? [] : dueWorkMetrics({ component: "serve --to" }, written)),
        ],
      };
    },
    stop: async () => followed?.stop(),
  };
}
