import { DiscardPolicy, type JetStreamManager, type StreamInfo } from "@nats-io/jetstream";
import { messageOf } from "@rerun-ts/core/checks";
import { partitionSubject } from "../nats/subjects.ts";

/** The share of a limit of the stream from which on committed packs are removed. */
const FULL = 1 / 2;
const NAME = "a full stream";

/**
 * Makes room in streams that refuse new messages when they are full, as operators may make them. The streams of
 * ingesters drop the oldest messages by themselves. Removes only what is committed in the bucket.
 */
export class CommittedPurge {
  readonly #dataset: string;
  readonly #where: string;
  readonly #onProblem: (name: string, reason?: string) => void;
  /** The stream, and the sequence up to which each partition is committed. */
  #created = "";
  readonly #committed = new Map<number, number>();

  /** @param where the stream, for messages */
  constructor(dataset: string, where: string, onProblem: (name: string, reason?: string) => void) {
    this.#dataset = dataset;
    this.#where = where;
    this.#onProblem = onProblem;
  }

  /** All packs of a partition up to a sequence of a stream are committed. */
  add(partition: number, created: string, last: number): void {
    if (created !== this.#created) this.#committed.clear();
    this.#created = created;
    this.#committed.set(partition, Math.max(last, this.#committed.get(partition) ?? 0));
  }

  /** Removes committed packs if the stream will refuse new ones otherwise. */
  async run(manager: JetStreamManager, { config, state, created }: StreamInfo): Promise<void> {
    if (config.discard !== DiscardPolicy.New || created !== this.#created) return;
    const isFull =
      config.discard_new_per_subject ||
      (config.max_bytes > 0 && state.bytes > config.max_bytes * FULL) ||
      (config.max_msgs > 0 && state.messages > config.max_msgs * FULL);
    if (!isFull) return this.#onProblem(NAME);
    try {
      for (const [partition, last] of this.#committed) {
        await manager.streams.purge(config.name, { filter: partitionSubject(this.#dataset, partition), seq: last + 1 });
        if (this.#committed.get(partition) === last) this.#committed.delete(partition);
      }
      this.#onProblem(NAME);
    } catch (error) {
      const advice = 'grant ingesters the right to remove messages, or set the policy of the stream to "discard old"';
      this.#onProblem(
        NAME,
        `${this.#where} refuses packs when it is full, and committed ones cannot be removed: ${messageOf(error)}; ${advice}`,
      );
    }
  }
}
