import { RerunError } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectNats, type NatsConnectOptions } from "./connect-nats.ts";
import { answerIn, isMissingStream, natsError } from "./nats-errors.ts";
import { subscribeAgain, watchRights, type DeniedRight } from "./denied-rights.ts";
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

/** Without the right to ask for the stream, its refusals reveal the rest. */
const NEEDLESS = ["$JS.API.STREAM.INFO."];

/** Returns how a {@link NatsWriter} connects to a server. */
export function packLinkOpener(target: PackTarget): OpenPackLink {
  return async (run, events, signal) => {
    const connection = await connectNats(target.address, target.connect);
    watchRights(connection, target.address.href, (right) => events.onDenied(right), NEEDLESS);
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
  #found: FoundStream | undefined;
  #isClosed = false;
  readonly #onDenied: (right: DeniedRight) => void;

  /** @param onDenied called each time the server denies a right */
  constructor(target: PackTarget, onDenied: (right: DeniedRight) => void) {
    this.#target = target;
    this.#onDenied = onDenied;
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
    watchRights(connection, address.href, this.#onDenied, NEEDLESS);
    try {
      this.#found = await checkStream(connection, this.#target);
      return connection;
    } catch (error) {
      connection.close().catch(() => {});
      throw natsError(`cannot publish to ${address.href}`, error);
    }
  }
}

/** The report of a server about a stream. */
interface FoundStream extends NonNullable<PackLink["stream"]> {
  /** The largest message that the stream accepts, in bytes, or a number that is not positive without a limit. */
  readonly maxMessageBytes: number;
}

/** Rejects if the stream does not exist yet. Without permission for this request, publishing reveals it. */
async function checkStream(
  connection: NatsConnection,
  { address, dataset }: PackTarget,
): Promise<FoundStream | undefined> {
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const { created, state, config } = await manager.streams.info(streamName(dataset));
    return { created, lastSequence: state.last_seq, maxMessageBytes: config.max_msg_size };
  } catch (error) {
    if (isMissingStream(error))
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
  { run, found }: { readonly run: string; readonly found: FoundStream | undefined },
  events: PackLinkEvents,
  close: () => void,
): PackLink {
  const stream = jetstream(connection);
  const unsubscribe = subscribeAgain(connection, ackSubject(dataset, run), (message) => {
    const value: unknown = parse(message.string());
    if (isAnnouncement(value)) events.onCommitted(value.packs, value.prints);
    else if (isRejection(value)) events.onRejected(value);
  });
  void connection
    .closed()
    .then((error) => events.onLoss(natsError(`lost the connection to ${address.href}`, error ?? "it was closed")));
  const subjects = new Map<string, string>();
  return {
    stream: found,
    maxMessageBytes: Math.min(
      MAX_PIECE_BYTES,
      (connection.info?.max_payload ?? 1024 * 1024) - OVERHEAD_BYTES,
      found !== undefined && found.maxMessageBytes > 0 ? found.maxMessageBytes : Infinity,
    ),
    async publish(recording, message) {
      const subject = getOrAdd(subjects, recording, () => packSubject(dataset, run, recording));
      // Sent without a deduplication id, because a server that has lost a message may still know its id.
      const { seq } = await stream.publish(subject, message, { timeout: PUBLISH_MS }).catch((error: unknown) => {
        throw publishError(address.href, dataset, error);
      });
      return seq;
    },
    async oldestSequence() {
      try {
        const manager = await jetstreamManager(connection, { checkAPI: false });
        const { state } = await manager.streams.info(streamName(dataset));
        return state.first_seq;
      } catch {
        return undefined;
      }
    },
    ask() {
      if (!connection.isClosed()) connection.publish(askSubject(dataset, partitionOf(run)), run);
    },
    close() {
      unsubscribe();
      close();
    },
  };
}

/** The reason for a pack that was not stored: the stream refuses packs, a right is missing, or no answer has come. */
function publishError(href: string, dataset: string, error: unknown): RerunError {
  const refusal = answerIn(error);
  if (refusal === undefined) return natsError(`cannot publish to ${href}`, error);
  const text = `the stream ${streamName(dataset)} of ${href} refuses packs: ${refusal.message}`;
  return new RerunError("QUOTA", text, { cause: error });
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
