import {
  AckPolicy,
  DeliverPolicy,
  RetentionPolicy,
  StorageType,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type StreamInfo,
} from "@nats-io/jetstream";
import { millis, nanos, type NatsConnection } from "@nats-io/nats-core";
import { RerunError } from "@rerun-ts/core";
import { sleep } from "@rerun-ts/core/util";
import { messageOf } from "@rerun-ts/core/checks";
import { DeniedRights, subscribeAgain, watchRights } from "../nats/denied-rights.ts";
import { connectNats, type NatsConnectOptions } from "../nats/connect-nats.ts";
import { isMissingStream, natsError } from "../nats/nats-errors.ts";
import type { NatsAddress } from "../nats/nats-address.ts";
import { PARTITIONS } from "../commits/log-keys.ts";
import type { FlatRanges } from "../commits/pack-ranges.ts";
import type { PackId } from "../nats/pack.ts";
import type { Announcement, PackRejection } from "../nats/pack-link.ts";
import type { FlatPrints } from "../commits/run-prints.ts";
import { RUN, ackSubject, askSubject, partitionOf, partitionSubject, streamName } from "../nats/subjects.ts";
import type { AskListener, LogMessage, LogStream, StreamProblemListener, StreamState } from "./log-stream.ts";
import { CommittedPurge } from "./committed-purge.ts";
import { UndeliveredMessages } from "./undelivered-messages.ts";

/** Interval of checks of the stream, because its readers do not notice a new one. */
const CHECK_MS = 1000;
/** The wait before a deleted stream is created again. NATS 2.9 may remove the files of the new one otherwise. */
const DELETION_MS = 500;
/** The longest wait for pending announcements at the end. */
const DRAIN_MS = 5000;
const HEARTBEAT_MS = 5000;
const EXPIRES_MS = 30_000;
/** The server forgets a reader that is gone for this long. */
const INACTIVE_MS = 60_000;
/** Number of messages that a reader requests at a time. Most have 64 to 256 kB. */
const READ_MESSAGES = 32;
/** Rights without which everything works: the server forgets readers by itself. */
const NEEDLESS = ["$JS.API.CONSUMER.DELETE."];
/** The maximum number of announced ranges of committed packs. Further ranges are announced later. */
const MAX_ANNOUNCED = 1000;
const STATE_PROBLEM = "the state of the stream";

/** Limits of a new stream. An existing stream keeps its own. */
export interface StreamLimits {
  /** The size in bytes. */
  readonly maxBytes: number;
  /** The age of messages in seconds. */
  readonly maxSeconds: number;
  /** The number of servers with a copy, from 1 to 5. */
  readonly replicas: number;
}

/** The limits of a new stream. */
export const STREAM_LIMITS: StreamLimits = { maxBytes: 1024 * 1024 * 1024, maxSeconds: 3600, replicas: 1 };

/** Settings of a {@link NatsLogStream}. */
export interface NatsLogStreamSettings {
  readonly address: NatsAddress;
  readonly dataset: string;
  readonly connect: NatsConnectOptions;
  readonly limits: StreamLimits;
}

interface Session {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
}

/** The stream of a dataset in JetStream. */
export class NatsLogStream implements LogStream {
  readonly url: string;
  readonly #settings: NatsLogStreamSettings;
  readonly #name: string;
  #session: Promise<Session> | undefined;
  #connection: NatsConnection | undefined;
  #listener: AskListener | undefined;
  /** The stream that is read, and the largest sequence that any partition has read. */
  #created = "";
  #sequence = 0;
  /** The number of checks in a row that have failed. */
  #failures = 0;
  #isClosed = false;
  readonly #denied: DeniedRights;
  readonly #purge: CommittedPurge;
  readonly #undelivered: UndeliveredMessages;
  #onProblem: StreamProblemListener = () => {};

  constructor(settings: NatsLogStreamSettings) {
    this.#settings = settings;
    this.#name = streamName(settings.dataset);
    this.url = settings.address.href;
    const note = (name: string, reason?: string): void => this.#onProblem(name, reason);
    this.#denied = new DeniedRights(note);
    const where = `the stream ${this.#name} of ${this.url}`;
    this.#purge = new CommittedPurge(settings.dataset, where, note);
    this.#undelivered = new UndeliveredMessages(where, note);
  }

  onProblem(listener: StreamProblemListener): void {
    this.#onProblem = listener;
  }

  release(partition: number, created: string, last: number): void {
    this.#purge.add(partition, created, last);
  }

  onAsk(listener: AskListener): void {
    this.#listener = listener;
  }

  async state(): Promise<StreamState> {
    const { connection, manager } = await this.#connected();
    const { created, state, config } = await this.#attempt("create the stream", () => this.#createStream(manager));
    const before = this.#created;
    if (created !== before) [this.#created, this.#sequence] = [created, 0];
    if (created === before || before === "")
      return { created, lastSequence: state.last_seq, maxAgeMs: millis(config.max_age) };
    // Closing the connection also makes the partitions that read the previous stream begin again.
    await connection.close();
    throw this.#lost("it was created anew");
  }

  read(partition: number, from: number, created: string, signal: AbortSignal): AsyncGenerator<LogMessage> {
    return this.readSubject(partitionSubject(this.#settings.dataset, partition), from, created, signal);
  }

  /** Reads as {@link read} does, by a subject. */
  async *readSubject(
    subject: string,
    from: number,
    created: string,
    signal: AbortSignal,
  ): AsyncGenerator<LogMessage, void, undefined> {
    const { connection, manager } = await this.#connected();
    if (created !== this.#created) throw this.#lost("it was created anew");
    const info = await this.#attempt("read the stream", () =>
      manager.consumers.add(this.#name, {
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: from,
        filter_subject: subject,
        inactive_threshold: nanos(INACTIVE_MS),
        mem_storage: true,
        num_replicas: 1,
      }),
    );
    const consumer = await this.#attempt("read the stream", () =>
      jetstream(connection).consumers.get(this.#name, info.name),
    );
    const messages = await consumer.consume({
      max_messages: READ_MESSAGES,
      expires: EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS,
      abort_on_missing_resource: true,
    });
    const end = (): void => void messages.close().catch(() => {});
    signal.addEventListener("abort", end, { once: true });
    void connection.closed().then(end);
    let delivered = 0;
    this.#sequence = Math.max(this.#sequence, from - 1);
    this.#undelivered.addReader(info.name);
    try {
      if (signal.aborted) return;
      for await (const { seq: sequence, data, info: delivery } of messages) {
        // NATS does not repeat messages that were lost on the way.
        if (delivery.deliverySequence !== ++delivered) throw this.#lost("a message is missing");
        this.#sequence = Math.max(this.#sequence, sequence);
        yield { sequence, data: data as Uint8Array<ArrayBuffer>, time: millis(delivery.timestampNanos) };
      }
      if (!signal.aborted) throw this.#lost("it has ended");
    } finally {
      signal.removeEventListener("abort", end);
      this.#undelivered.removeReader(info.name);
      end();
      if (!connection.isClosed()) manager.consumers.delete(this.#name, info.name).catch(() => {});
    }
  }

  announce(run: string, packs: FlatRanges, prints: FlatPrints): void {
    const announcement: Announcement = { packs: packs.slice(0, 2 * MAX_ANNOUNCED), prints };
    // If the announcement gets lost, the producer asks again.
    this.#tell(run, announcement);
  }

  reject({ run, number, count }: PackId, reason: string, isTaken?: boolean): void {
    const rejection: PackRejection = { number, count, reason, isTaken };
    this.#tell(run, rejection);
  }

  /** Sends pending announcements, and closes the connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    if (session === undefined) return;
    const { connection } = session;
    // Without a server, a drain never settles.
    const drained = new AbortController();
    await Promise.race([connection.drain().catch(() => {}), connection.closed(), sleep(DRAIN_MS, drained.signal)]);
    drained.abort();
    connection.close().catch(() => {});
  }

  #connected(): Promise<Session> {
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #connect(): Promise<Session> {
    const { address, connect, dataset } = this.#settings;
    if (this.#isClosed) throw new RerunError("CLOSED", `the connection to ${address.href} is closed`);
    const connection = await connectNats(address, connect);
    const manager = await this.#attempt("use JetStream", () => jetstreamManager(connection)).catch((error: unknown) => {
      // Closed, because the next attempt makes another connection, and this one would keep the program alive.
      connection.close().catch(() => {});
      throw error;
    });
    watchRights(connection, address.href, this.#denied.note, NEEDLESS);
    subscribeAgain(connection, askSubject(dataset, "*"), (message) => {
      const run = message.string();
      if (RUN.test(run) && partitionOf(run) < PARTITIONS) this.#listener?.(partitionOf(run), run);
    });
    this.#connection = connection;
    void this.#watch(connection, manager);
    return { connection, manager };
  }

  /** Checks the stream until the connection is closed. */
  async #watch(connection: NatsConnection, manager: JetStreamManager): Promise<void> {
    const timer = setInterval(() => void this.#check(connection, manager), CHECK_MS);
    await connection.closed();
    clearInterval(timer);
    this.#session = undefined;
  }

  /**
   * Ends all reading if the stream was created again, or has lost its end, because its sequences then identify other
   * messages.
   */
  async #check(connection: NatsConnection, manager: JetStreamManager): Promise<void> {
    if (this.#created === "") return;
    // Read the sequence before the request, because messages may arrive before its response.
    const sequence = this.#sequence;
    try {
      const info = await manager.streams.info(this.#name);
      this.#failures = 0;
      this.#onProblem(STATE_PROBLEM, undefined);
      const { created, state } = info;
      if (created === this.#created && state.last_seq >= sequence) {
        await this.#undelivered.check(manager, info, sequence);
        return await this.#purge.run(manager, info);
      }
      this.#sequence = 0;
    } catch (error) {
      if (!isMissingStream(error)) {
        // A single failure passes with the connection.
        if (++this.#failures > 1 && !connection.isClosed())
          this.#onProblem(STATE_PROBLEM, messageOf(natsError(`cannot read ${this.#name} of ${this.url}`, error)));
        return;
      }
    }
    await connection.close();
  }

  async #createStream(manager: JetStreamManager): Promise<StreamInfo> {
    try {
      return await manager.streams.info(this.#name);
    } catch (error) {
      if (!isMissingStream(error)) throw error;
    }
    // The server removes the folder of a deleted stream a moment later, also if it is that of a new stream by then.
    if (this.#created !== "") await sleep(DELETION_MS);
    const { dataset, limits } = this.#settings;
    return manager.streams.add({
      name: this.#name,
      subjects: [partitionSubject(dataset, "*")],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_age: nanos(limits.maxSeconds * 1000),
      max_bytes: limits.maxBytes,
      num_replicas: limits.replicas,
    });
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw natsError(`cannot ${what} ${this.#name} of ${this.url}`, error);
    }
  }

  #tell(run: string, value: unknown): void {
    const connection = this.#connection;
    if (connection?.isClosed() === false && !connection.isDraining())
      connection.publish(ackSubject(this.#settings.dataset, run), JSON.stringify(value));
  }

  #lost(reason: string): RerunError {
    return new RerunError("CONNECTION", `lost the stream ${this.#name} of ${this.url}: ${reason}`);
  }
}
