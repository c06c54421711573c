import { RerunError } from "@rerun-ts/core";
import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectNats, natsError, type NatsConnectOptions } from "./connect-nats.ts";
import type { NatsAddress } from "./nats-address.ts";
import type { OpenPackLink, PackLink, PackLinkEvents } from "./pack-link.ts";
import { isFlatRanges } from "../commits/pack-ranges.ts";
import { ackSubject, askSubject, packSubject, partitionOf, streamName } from "./subjects.ts";

/** An acknowledgement that takes longer has been lost. */
const PUBLISH_MS = 10_000;
/** Room that a message needs for its subject. */
const OVERHEAD_BYTES = 4096;
/** The largest piece of a pack: larger messages block others on the way. */
const MAX_PIECE_BYTES = 4 * 1024 * 1024;

/** The server and the dataset of packs. */
export interface PackTarget {
  readonly address: NatsAddress;
  readonly dataset: string;
  readonly connect: NatsConnectOptions;
}

/** Returns how a {@link NatsWriter} connects to a server. */
export function packLinkOpener(target: PackTarget): OpenPackLink {
  return async (run, events, signal) => {
    const connection = await connectNats(target.address, target.connect);
    try {
      signal.throwIfAborted();
      await checkStream(connection, target);
      return openLink(connection, target, run, events);
    } catch (error) {
      connection.close().catch(() => {});
      throw natsError(`cannot publish to ${target.address.href}`, error);
    }
  };
}

/** Rejects if there is no stream yet. A program without the right to ask finds out when it publishes. */
async function checkStream(connection: NatsConnection, { address, dataset }: PackTarget): Promise<void> {
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await manager.streams.info(streamName(dataset));
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (isMissing)
      throw new RerunError(
        "CONNECTION",
        `${address.href} has no stream for the dataset ${JSON.stringify(dataset)}; start \`rerun-ts ingest\`, which creates it`,
        { cause: error },
      );
  }
}

function openLink(
  connection: NatsConnection,
  { address, dataset }: PackTarget,
  run: string,
  events: PackLinkEvents,
): PackLink {
  const stream = jetstream(connection);
  connection.subscribe(ackSubject(dataset, run), {
    callback: (error, message) => {
      const packs: unknown = error === null ? parse(message.string()) : undefined;
      if (isFlatRanges(packs)) events.onCommitted(packs);
    },
  });
  void connection
    .closed()
    .then((error) => events.onLoss(natsError(`lost the connection to ${address.href}`, error ?? "it was closed")));
  const subjects = new Map<string, string>();
  return {
    maxMessageBytes: Math.min(MAX_PIECE_BYTES, (connection.info?.max_payload ?? 1024 * 1024) - OVERHEAD_BYTES),
    async publish(recording, message) {
      let subject = subjects.get(recording);
      if (subject === undefined) subjects.set(recording, (subject = packSubject(dataset, run, recording)));
      // Without an id for deduplication: a server that has lost a message may still know its id.
      const { seq } = await stream.publish(subject, message, { timeout: PUBLISH_MS });
      return seq;
    },
    ask() {
      if (!connection.isClosed()) connection.publish(askSubject(dataset, partitionOf(run)), run);
    },
    close: () => void connection.close().catch(() => {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
