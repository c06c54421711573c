import type { DatasetChoice, DatasetEvents, ServedDataset } from "rerun-ts/command";
import { followDataset } from "../live/follow-dataset.ts";
import { checkLogin, type NatsConnectOptions } from "../nats/connect-nats.ts";
import { parseNatsUrl } from "../nats/nats-address.ts";
import { RESEND_SECONDS } from "../nats/nats-sink.ts";
import { checkDataset } from "../parts/part-key.ts";
import { DueWork } from "../status/due-work.ts";
import { dueWorkMetrics } from "../status/due-work-metrics.ts";
import { NatsUpstream } from "./nats-upstream.ts";

/** The same as the queue of a `NatsSink`. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Settings of {@link openDataset}. */
export interface DatasetSettings extends Omit<DatasetChoice, "ca">, DatasetEvents {
  readonly connect: NatsConnectOptions;
}

/**
 * Opens a dataset in NATS for a relay. An edge that also reads the dataset does not pass its own messages on again.
 *
 * @throws {TypeError} if an address or the dataset is wrong
 * @throws {RerunError} `AUTH` if the server denies access
 */
export async function openDataset(settings: DatasetSettings): Promise<ServedDataset> {
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
