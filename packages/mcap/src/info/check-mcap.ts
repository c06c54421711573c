import { loadProtobufFor } from "../protobuf/lazy-protobuf.ts";
import { checkOptions, withRerunErrors, type OptionNames, isError } from "@rerun-ts/core/checks";
import { getOrAdd } from "@rerun-ts/core/util";
import {
  openSource,
  type RrdSource,
  withProgress,
  type ReadOptions,
  type ReadProgress,
} from "@rerun-ts/reading/source";
import { planChannel, stampsOf, type ChannelColumns } from "../chunks/channel-columns.ts";
import { decoderSet } from "../chunks/mcap-decoders.ts";
import { ProblemLog, type McapProblem } from "../chunks/problem-log.ts";
import { isNext, readRecords } from "../file/read-records.ts";
import { MESSAGE_HEADER, channelIdOf, logTimeOf, publishTimeOf } from "../file/message-header.ts";
import type { RecordBlock } from "../file/record-block.ts";
import {
  DESCRIBED_AGAIN,
  OP,
  isSameChannel,
  isSameSchema,
  readChannel,
  readMcapSchema,
  type McapChannel,
  type McapSchema,
} from "../file/records.ts";

/** Options of {@link checkMcap}. */
export interface McapCheckOptions extends ReadOptions {
  /** Whether messages are decoded, so that the times in them are checked, too. Default `false`. */
  full?: boolean | undefined;
  /** Receives how much was read, every few megabytes. Default: nothing. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** Order of the messages of a topic. */
export interface McapTopicCheck {
  /** The id of the channel. */
  readonly id: number;
  /** The topic, such as `/camera/image`. */
  readonly topic: string;
  /** The number of chunks of the file with its messages. */
  readonly chunks: number;
  /** The number of chunks in which timelines disagree about the order of messages. */
  readonly conflictingChunks: number;
  /** Whether timelines disagree about the order of all messages. */
  readonly hasConflict: boolean;
  /** The number of chunks that begin before an earlier chunk ends, by timeline. */
  readonly unorderedChunks: Readonly<Record<string, number>>;
}

/** Result of {@link checkMcap}. */
export interface McapCheckReport {
  /** The timelines that were checked. */
  readonly timelines: readonly string[];
  /** The topics with messages. */
  readonly topics: readonly McapTopicCheck[];
  /** Damaged parts, and with `full` messages that cannot be decoded. */
  readonly problems: readonly McapProblem[];
}

const OPTIONS: OptionNames<McapCheckOptions> = { full: "boolean", onProgress: "function", signal: 1 };

/**
 * Checks whether an MCAP file is damaged, with the checksums of its chunks. Checks also whether the timelines of each
 * topic agree about the order of messages: viewers read files faster whose messages are in order.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if this is not an MCAP file, `ABORTED`, or the error of the source
 */
export function checkMcap(source: RrdSource, options: McapCheckOptions = {}): Promise<McapCheckReport> {
  return withRerunErrors(async () => {
    checkOptions("checkMcap", options, OPTIONS);
    const problems = new ProblemLog(undefined);
    const onDamage = (offset: number, error: unknown): void =>
      problems.add(undefined, `damaged at byte ${offset}: ${isError(error) ? error.message : String(error)}`);
    const access = withProgress(await openSource(source, options), options.onProgress);
    const check = new Check(options.full === true, problems);
    try {
      for await (const block of readRecords(access, { signal: options.signal, onDamage, hasChecksums: true })) {
        while (isNext(block, onDamage)) {
          try {
            check.add(block);
            if (options.full === true && block.op === OP.channel) await loadProtobufFor(readChannel(block.record));
          } catch (error) {
            onDamage(block.position, error);
          }
        }
      }
    } finally {
      await access.close?.();
    }
    return check.report();
  });
}

/** Times of messages on each timeline. */
type Times = Map<string, bigint[]>;

interface Topic {
  readonly channel: McapChannel;
  columns: ChannelColumns | undefined;
  readonly all: Times;
  /** The times of the current chunk of the file. */
  chunk: Times;
  /** The end of the chunks so far, by timeline. */
  readonly ends: Map<string, bigint>;
  readonly unordered: Record<string, number>;
  chunks: number;
  conflicts: number;
}

class Check {
  readonly #isFull: boolean;
  readonly #problems: ProblemLog;
  readonly #schemas = new Map<number, McapSchema>();
  readonly #channels = new Map<number, McapChannel>();
  readonly #topics = new Map<number, Topic>();

  constructor(isFull: boolean, problems: ProblemLog) {
    this.#isFull = isFull;
    this.#problems = problems;
  }

  add(block: RecordBlock): void {
    const { op } = block;
    if (op === OP.schema) {
      const schema = readMcapSchema(block.record);
      const known = this.#schemas.get(schema.id);
      if (known === undefined) this.#schemas.set(schema.id, schema);
      else if (!isSameSchema(known, schema)) this.#describeAgain(({ channel }) => channel.schemaId === schema.id);
    } else if (op === OP.channel) {
      const channel = readChannel(block.record);
      const known = this.#channels.get(channel.id);
      if (known === undefined) this.#channels.set(channel.id, channel);
      else if (!isSameChannel(known, channel)) this.#describeAgain((topic) => topic.channel === known);
    } else if (op === OP.chunk || op === OP.dataEnd) this.#endChunk();
    else if (op === OP.message) this.#addMessage(block);
  }

  /** Reports topics that are described again, differently. Their messages are no longer decoded. */
  #describeAgain(isAffected: (topic: Topic) => boolean): void {
    for (const topic of this.#topics.values()) {
      if (!isAffected(topic)) continue;
      this.#problems.add(topic.channel.topic, DESCRIBED_AGAIN);
      topic.columns = undefined;
    }
  }

  #addMessage(block: RecordBlock): void {
    const logTime = logTimeOf(block);
    const topic = this.#topicOf(channelIdOf(block));
    if (topic === undefined) return;
    const { columns } = topic;
    if (columns !== undefined) {
      const { length } = columns.rows;
      try {
        columns.push(block.bytes, block.start + MESSAGE_HEADER, block.end);
      } catch (error) {
        columns.rows.truncate(length);
        this.#problems.addMessage(topic.channel.topic, logTime, error);
        return;
      }
    }
    push(topic.chunk, "message_log_time", logTime);
    push(topic.chunk, "message_publish_time", publishTimeOf(block));
  }

  #topicOf(id: number): Topic | undefined {
    const known = this.#topics.get(id);
    const channel = this.#channels.get(id);
    if (known !== undefined || channel === undefined) return known;
    const plan = this.#isFull
      ? planChannel(channel, this.#schemas.get(channel.schemaId), decoderSet(undefined), false, (reason) =>
          this.#problems.add(channel.topic, reason),
        )
      : undefined;
    if (plan?.problem !== undefined) this.#problems.add(channel.topic, plan.problem);
    const topic = {
      channel,
      columns: plan?.columns,
      all: new Map(),
      chunk: new Map(),
      ends: new Map(),
      unordered: {},
      chunks: 0,
      conflicts: 0,
    };
    this.#topics.set(id, topic);
    return topic;
  }

  #endChunk(): void {
    for (const topic of this.#topics.values()) {
      if (topic.chunk.size === 0) continue;
      topic.columns?.settle?.();
      const stamps = topic.columns === undefined ? undefined : stampsOf(topic.columns);
      // As `rerun mcap check`, which leaves out the timeline of such a chunk.
      if (stamps?.missing.length === 0) for (const time of stamps.times) push(topic.chunk, stamps.timeline, time);
      topic.columns?.rows.truncate(0);
      topic.chunks++;
      if (conflicts(topic.chunk)) topic.conflicts++;
      for (const [timeline, times] of topic.chunk) {
        const [first, last] = bounds(times);
        const end = topic.ends.get(timeline);
        if (end !== undefined && first < end) topic.unordered[timeline] = (topic.unordered[timeline] ?? 0) + 1;
        topic.ends.set(timeline, end === undefined || last > end ? last : end);
        for (const time of times) push(topic.all, timeline, time);
      }
      topic.chunk = new Map();
    }
  }

  report(): McapCheckReport {
    this.#endChunk();
    const timelines = new Set(["message_log_time", "message_publish_time"]);
    const topics = [...this.#topics.values()].map(({ channel, all, unordered, chunks, conflicts: count }) => {
      for (const timeline of all.keys()) timelines.add(timeline);
      const { id, topic } = channel;
      return { id, topic, chunks, conflictingChunks: count, hasConflict: conflicts(all), unorderedChunks: unordered };
    });
    topics.sort((a, b) => a.id - b.id);
    return { timelines: [...timelines], topics, problems: this.#problems.list };
  }
}

function push(times: Times, timeline: string, time: bigint): void {
  getOrAdd(times, timeline, () => []).push(time);
}

function bounds(times: readonly bigint[]): readonly [first: bigint, last: bigint] {
  let [first, last] = [times[0] ?? 0n, times[0] ?? 0n];
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

/** Whether no order of the messages is right for all timelines. */
function conflicts(all: Times): boolean {
  const columns = [...all.values()];
  const size = Math.max(...columns.map(({ length }) => length));
  // Only times that all chunks have determine an order.
  const whole = columns.filter(({ length }) => length === size);
  const rows = Array.from({ length: size }, (_, row) => row).sort((a, b) => {
    for (const times of whole) {
      const [x, y] = [times[a] as bigint, times[b] as bigint];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
  return whole.some((times) =>
    rows.some((row, index) => index > 0 && (times[row] as bigint) < (times[rows[index - 1] as number] as bigint)),
  );
}
