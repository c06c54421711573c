import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type StreamInfo,
} from "@nats-io/jetstream";
import { millis, nanos, type NatsConnection } from "@nats-io/nats-core";
import { connectNats, type NatsConnectOptions } from "../nats/connect-nats.ts";
import { isMissingStream, natsError } from "../nats/nats-errors.ts";
import type { NatsAddress } from "../nats/nats-address.ts";
import { PARTITIONS } from "../commits/log-keys.ts";
import { datasetOfStream, partitionSubject, streamName } from "../nats/subjects.ts";
import { readPackId, type PackId } from "../nats/pack.ts";
import { InParallel } from "../store/in-parallel.ts";
import type { CommittedSequences } from "./committed-sequences.ts";
import type { StreamStatus, WaitingPartition } from "./fleet-report.ts";

const PARALLEL_REQUESTS = 8;
/** The server forgets a reader that is gone for this long. */
const INACTIVE_MS = 60_000;
/** The longest wait for a message that the server has. */
const EXPIRES_MS = 5000;
/** The most messages of a partition that are read to find one that is not committed. */
const MAX_READ = 256;

/** Looks at the streams of datasets in NATS, with the rights of an ingester. */
export class StreamsSurvey {
  readonly #href: string;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(href: string, connection: NatsConnection, manager: JetStreamManager) {
    this.#href = href;
    this.#connection = connection;
    this.#manager = manager;
  }

  /** @throws {RerunError} `CONNECTION`, or `AUTH` */
  static async open(address: NatsAddress, options: NatsConnectOptions): Promise<StreamsSurvey> {
    const connection = await connectNats(address, options);
    try {
      return new StreamsSurvey(address.href, connection, await jetstreamManager(connection));
    } catch (error) {
      await connection.close();
      throw natsError(`cannot use JetStream of ${address.href}`, error);
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** The datasets that have a stream. */
  datasets(): Promise<readonly string[]> {
    return this.#attempt("list the streams", async () => {
      const found: string[] = [];
      for await (const name of this.#manager.streams.names()) {
        const dataset = datasetOfStream(name);
        if (dataset !== undefined) found.push(dataset);
      }
      return found;
    });
  }

  /**
   * The state of the stream of a dataset, `undefined` if there is none.
   *
   * @param committed what is in the bucket
   */
  stream(dataset: string, committed: Pick<CommittedSequences, "of" | "packsIn">): Promise<StreamStatus | undefined> {
    return this.#attempt(`look at the stream ${streamName(dataset)}`, async () => {
      const info = await this.#info(streamName(dataset));
      if (info === undefined) return undefined;
      const parallel = new InParallel(PARALLEL_REQUESTS);
      const partitions = Array.from({ length: info.state.messages === 0 ? 0 : PARTITIONS }, (_, partition) =>
        parallel.run(() => this.#waiting(info, dataset, partition, committed)),
      );
      const waiting = (await Promise.all(partitions)).filter((each) => each !== undefined);
      const { name, max_bytes: bytes, max_msgs: messages, max_msgs_per_subject: perSubject } = info.config;
      return {
        name,
        messages: info.state.messages,
        bytes: info.state.bytes,
        limits: {
          bytes: limitOf(bytes),
          messages: limitOf(messages),
          messagesPerSubject: limitOf(perSubject),
          messageBytes: limitOf(info.config.max_msg_size),
          ageSeconds: limitOf(millis(info.config.max_age) / 1000),
          whenFull: info.config.discard === DiscardPolicy.New ? "refuses" : "drops-oldest",
        },
        waiting,
      };
    });
  }

  async #info(name: string): Promise<StreamInfo | undefined> {
    try {
      return await this.#manager.streams.info(name);
    } catch (error) {
      if (isMissingStream(error)) return undefined;
      throw error;
    }
  }

  /** Asks for the messages of a partition after its last commit: the server counts them for a reader. */
  async #waiting(
    { config: { name }, created }: StreamInfo,
    dataset: string,
    partition: number,
    committed: Pick<CommittedSequences, "of" | "packsIn">,
  ): Promise<WaitingPartition | undefined> {
    const consumer = await this.#manager.consumers.add(name, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: (await committed.of(partition, created)) + 1,
      filter_subject: partitionSubject(dataset, partition),
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    try {
      let messages = consumer.num_pending;
      if (messages === 0) return undefined;
      const isCommitted = await committed.packsIn(partition);
      const reader = await jetstream(this.#connection).consumers.get(name, consumer.name);
      let oldest = await reader.next({ expires: EXPIRES_MS });
      for (let read = 1; oldest !== null && read <= MAX_READ && isDone(oldest.data, isCommitted); read++) {
        if (--messages === 0) return undefined;
        oldest = await reader.next({ expires: EXPIRES_MS });
      }
      const ageMs = oldest === null ? undefined : Date.now() - millis(oldest.info.timestampNanos);
      const oldestSeconds = ageMs === undefined ? null : Math.max(0, Math.round(ageMs / 1000));
      return { partition, messages, oldestSeconds };
    } finally {
      // The server forgets it by itself.
      this.#manager.consumers.delete(name, consumer.name).catch(() => {});
    }
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw natsError(`cannot ${what} of ${this.#href}`, error);
    }
  }
}

/** Whether a message is a repeated pack, or none that an ingester could read. */
function isDone(message: Uint8Array, isCommitted: (id: PackId) => boolean): boolean {
  try {
    return isCommitted(readPackId(message));
  } catch {
    return true;
  }
}

/** A limit, `null` for none. */
function limitOf(value: number): number | null {
  return value > 0 ? value : null;
}
