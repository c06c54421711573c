import { RerunError } from "@rerun-ts/core";
import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectNats, natsError, type NatsConnectOptions } from "./connect-nats.ts";
import type { NatsAddress } from "./nats-address.ts";
import type { Announcement, OpenPackLink, PackLink, PackLinkEvents, PackRejection } from "./pack-link.ts";
import { isFlatPrints } from "../commits/run-prints.ts";
import { isFlatRanges } from "../commits/pack-ranges.ts";
import { ackSubject, askSubject, packSubject, partitionOf, streamName } from "./subjects.ts";

/** An acknowledgement that takes longer has been lost. */
const PUBLISH_MS = 10_000;
/** The bytes that a message needs for its subject. */
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
      const found = await checkStream(connection, target);
      return openLink(connection, target, { run, found }, events, () => void connection.close().catch(() => {}));
    } catch (error) {
      connection.close().catch(() => {});
      throw natsError(`cannot publish to ${target.address.href}`, error);
    }
  };
}

/** One connection to a server for all producers of a program. */
export class SharedPackLinks {
  readonly #target: PackTarget;
  #connection: Promise<NatsConnection> | undefined;
  #found: PackLink["stream"];
  #isClosed = false;

  constructor(target: PackTarget) {
    this.#target = target;
  }

  readonly open: OpenPackLink = async (run, events, signal) => {
    const connection = await this.connected();
    signal.throwIfAborted();
    return openLink(connection, this.#target, { run, found: this.#found }, events, () => {});
  };

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection?.then((connection) => connection.close()).catch(() => {});
  }

  /** The connection, which is made if there is none. */
  connected(): Promise<NatsConnection> {
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #connect(): Promise<NatsConnection> {
    const { address, connect } = this.#target;
    if (this.#isClosed) throw new RerunError("CLOSED", `the connection to ${address.href} is closed`);
    const connection = await connectNats(address, connect);
    void connection.closed().then(() => (this.#connection = undefined));
    try {
      this.#found = await checkStream(connection, this.#target);
      return connection;
    } catch (error) {
      connection.close().catch(() => {});
      throw natsError(`cannot publish to ${address.href}`, error);
    }
  }
}

/** Rejects if the stream does not exist yet. Without permission for this request, publishing reveals it. */
async function checkStream(connection: NatsConnection, { address, dataset }: PackTarget): Promise<PackLink["stream"]> {
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const { created, state } = await manager.streams.info(streamName(dataset));
    return { created, lastSequence: state.last_seq };
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (isMissing)
      throw new RerunError(
        "CONNECTION",
        `${address.href} has no stream for the dataset ${JSON.stringify(dataset)}; start \`rerun-ts ingest\`, which creates it`,
        { cause: error },
      );
    return undefined;
  }
}

function openLink(
  connection: NatsConnection,
  { address, dataset }: PackTarget,
  { run, found }: { readonly run: string; readonly found: PackLink["stream"] },
  events: PackLinkEvents,
  close: () => void,
): PackLink {
  const stream = jetstream(connection);
  const announcements = connection.subscribe(ackSubject(dataset, run), {
    callback: (error, message) => {
      const value: unknown = error === null ? parse(message.string()) : undefined;
      if (isAnnouncement(value)) events.onCommitted(value.packs, value.prints);
      else if (isRejection(value)) events.onRejected(value);
    },
  });
  void connection
    .closed()
    .then((error) => events.onLoss(natsError(`lost the connection to ${address.href}`, error ?? "it was closed")));
  const subjects = new Map<string, string>();
  return {
    stream: found,
    maxMessageBytes: Math.min(MAX_PIECE_BYTES, (connection.info?.max_payload ?? 1024 * 1024) - OVERHEAD_BYTES),
    async publish(recording, message) {
      let subject = subjects.get(recording);
      if (subject === undefined) subjects.set(recording, (subject = packSubject(dataset, run, recording)));
      // Sent without a deduplication id, because a server that has lost a message may still know its id.
      const { seq } = await stream.publish(subject, message, { timeout: PUBLISH_MS });
      return seq;
    },
    ask() {
      if (!connection.isClosed()) connection.publish(askSubject(dataset, partitionOf(run)), run);
    },
    close() {
      if (!connection.isClosed()) announcements.unsubscribe();
      close();
    },
  };
}

function isAnnouncement(value: unknown): value is Announcement {
  const { packs, prints } = (value ?? {}) as Partial<Announcement>;
  return isFlatRanges(packs) && isFlatPrints(prints);
}

function isRejection(value: unknown): value is PackRejection {
  const { number, count, reason } = (value ?? {}) as Partial<PackRejection>;
  return typeof number === "number" && typeof count === "number" && typeof reason === "string";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
