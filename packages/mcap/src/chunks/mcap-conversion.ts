import { isError } from "@rerun-ts/core/checks";
import { eventLoopTurn } from "@rerun-ts/core/util";
import type { Chunk } from "@rerun-ts/reading/chunks";
import type { OpenSource, ReadOptions } from "@rerun-ts/reading/source";
import { FileCounts } from "../file/file-counts.ts";
import { isNext, readRecords } from "../file/read-records.ts";
import type { McapChannels } from "../file/read-channels.ts";
import { channelIdOf, logTimeOf } from "../file/message-header.ts";
import type { RecordBlock } from "../file/record-block.ts";
import {
  DESCRIBED_AGAIN,
  OP,
  isSameChannel,
  isSameSchema,
  readAttachment,
  readChannel,
  readMetadata,
  readMcapSchema,
  readStatistics,
  type McapAttachment,
  type McapChannel,
  type McapMetadata,
  type McapSchema,
  type McapStatistics,
} from "../file/records.ts";
import { ChannelBatch, topicEntityPath } from "./channel-batch.ts";
import { countColumns } from "../columns/count-columns.ts";
import { planChannel, type ChannelColumns } from "./channel-columns.ts";
import { ChunkMaker } from "./chunk-maker.ts";
import type { McapDecoder } from "./mcap-decoders.ts";
import { checkTopics, type McapChoices } from "./mcap-options.ts";
import type { ProblemLog } from "./problem-log.ts";
import { loadProtobufFor } from "../protobuf/lazy-protobuf.ts";
import { lazyRobotChunks as robotChunks } from "../lazy-robot-chunks.ts";
import { StaticChunks } from "./static-chunks.ts";

/** The largest number of fields of all channels together: a small file may describe thousands of large messages. */
const MAX_COLUMNS = 300_000;
/** The most messages of a chunk. */
const MAX_ROWS = 8192;
/** The size at which the messages of a channel become a chunk. */
const CHANNEL_BYTES = 1024 * 1024;
/** The size at which all messages become chunks. */
const TOTAL_BYTES = 64 * 1024 * 1024;
/** The maximum number of different robot descriptions in memory. */
const MAX_ROBOTS = 16;
/** The maximum number of times that channels are described again: each time, a schema is read again. */
const MAX_AGAIN = 1000;
/** The decoders of texts that describe robots. */
const TEXT_DECODERS: ReadonlySet<McapDecoder> = new Set(["ros1", "ros2_reflection"]);
/** The number of bytes after which the conversion yields to the event loop. */
const TURN_BYTES = 1024 * 1024;

/** A channel whose messages are read. */
interface OpenChannel {
  readonly channel: McapChannel;
  readonly schema: McapSchema | undefined;
  /** The columns. `undefined` if the messages are not converted. */
  readonly batch: ChannelBatch | undefined;
  readonly isWanted: boolean;
  /** Whether the messages describe a robot. */
  readonly isRobot: boolean;
  /** Reads the description of a robot if no decoder reads it. */
  readonly robot?: ChannelBatch | undefined;
}

/** One pass over a file. */
export class McapConversion {
  readonly #access: OpenSource;
  readonly #choices: McapChoices;
  readonly #problems: ProblemLog;
  readonly #maker = new ChunkMaker();
  readonly #statics = new StaticChunks(this.#maker);
  readonly #known: McapChannels | undefined;
  readonly #isCopied: boolean;
  readonly #schemas: Map<number, McapSchema>;
  readonly #channels: Map<number, McapChannel>;
  readonly #open = new Map<number, OpenChannel>();
  readonly #attachments: { readonly attachment: McapAttachment; readonly offset: number }[] = [];
  readonly #metadata: McapMetadata[] = [];
  readonly #counts = new FileCounts();
  /** Descriptions of robots, and their topics. */
  readonly #robots = new Map<string, string>();
  #statistics: McapStatistics | undefined;
  #isDamaged = false;
  #isInSummary = false;
  #pending = 0;
  /** The number of times that a channel was described again. */
  #again = 0;
  /** The bytes since the conversion last yielded to the event loop. */
  #work = 0;
  /** The number of columns of all channels that are open. */
  #columns = 0;

  /**
   * @param known the channels of the file. If given, chunks outside the time range are skipped
   * @param isCopied whether each chunk is copied before the next one is requested, so that chunks may share memory
   */
  constructor(
    access: OpenSource,
    choices: McapChoices,
    problems: ProblemLog,
    known: McapChannels | undefined,
    isCopied: boolean,
  ) {
    this.#access = access;
    this.#choices = choices;
    this.#problems = problems;
    this.#known = known;
    this.#isCopied = isCopied;
    this.#schemas = new Map(known?.schemas);
    this.#channels = new Map(known?.channels);
  }

  /** All chunks of the file: first those of messages in the order of the file, then those about the file. */
  async *chunks({ signal }: ReadOptions): AsyncGenerator<Chunk, void, undefined> {
    const onDamage = (offset: number, error: unknown): void => {
      this.#isDamaged = true;
      const reason = isError(error) ? error.message : String(error);
      this.#problems.add(undefined, `damaged at byte ${offset}: ${reason}`);
    };
    const { startTime, endTime } = this.#choices;
    // A chunk may describe the channels of later ones.
    const wantsChunk = (chunk: { startTime: bigint; endTime: bigint }): boolean =>
      this.#known === undefined || (chunk.endTime >= startTime && chunk.startTime < endTime);
    for (const channel of this.#channels.values()) await loadProtobufFor(channel);
    if (this.#known !== undefined) checkTopics(this.#choices, this.#channels.values());
    for await (const block of readRecords(this.#access, { signal, onDamage, wantsChunk })) {
      while (isNext(block, onDamage)) {
        try {
          const chunks = block.op === OP.message ? this.#message(block) : this.#record(block);
          if (block.op === OP.channel) await loadProtobufFor(readChannel(block.record));
          // Most messages fill no chunk. To loop over an empty array would make objects for each of them.
          if (chunks === undefined) continue;
          for (const chunk of chunks) {
            yield chunk;
            await this.#worked(chunk.byteLength);
          }
        } catch (error) {
          onDamage(block.position, error);
        }
      }
      await this.#worked(block.bytes.byteLength);
    }
    checkTopics(this.#choices, this.#channels.values());
    for (const chunk of this.#takeAll()) {
      yield chunk;
      await this.#worked(chunk.byteLength);
    }
    for (const [urdf, topic] of this.#robots) {
      try {
        yield* robotChunks(urdf);
      } catch (error) {
        this.#problems.add(topic, error);
      }
    }
    this.#checkCount();
    yield* this.#aboutFile();
  }

  /** Reports records that were passed over because their kind is unknown: it may be damaged. */
  #checkCount(): void {
    const { messageCount: found } = this.#counts.statistics;
    const expected = this.#statistics?.messageCount ?? 0n;
    const isPart = this.#known !== undefined;
    if (isPart || this.#isDamaged || found >= expected) return;
    this.#problems.add(undefined, `damaged: ${found} of the ${expected} messages that its summary counts were found`);
  }

  /** Yields to the event loop after many bytes. */
  async #worked(bytes: number): Promise<void> {
    this.#work += bytes;
    if (this.#work < TURN_BYTES) return;
    this.#work = 0;
    await eventLoopTurn();
  }

  /** Reads a record that is not a message. Returns the messages so far of channels that it describes again. */
  #record(block: RecordBlock): Chunk[] | undefined {
    const bytes = block.record;
    switch (block.op) {
      case OP.schema: {
        const schema = readMcapSchema(bytes);
        this.#counts.addSchema(schema.id);
        const known = this.#schemas.get(schema.id);
        this.#schemas.set(schema.id, schema);
        if (known === undefined || this.#isInSummary || isSameSchema(known, schema)) return undefined;
        return this.#endChannels(({ channel }) => channel.schemaId === schema.id);
      }
      case OP.channel: {
        const channel = readChannel(bytes);
        this.#counts.addChannel(channel.id);
        const known = this.#channels.get(channel.id);
        if (known !== undefined && (this.#isInSummary || isSameChannel(known, channel))) return undefined;
        this.#channels.set(channel.id, channel);
        return this.#endChannels((open) => open.channel === known);
      }
      case OP.chunk:
        this.#counts.addChunk();
        return undefined;
      case OP.attachment:
        this.#counts.addAttachment();
        if (this.#choices.decoders.has("attachments"))
          this.#attachments.push({ attachment: readAttachment(bytes), offset: block.position });
        return undefined;
      case OP.metadata:
        this.#counts.addMetadata();
        this.#metadata.push(readMetadata(bytes));
        return undefined;
      case OP.dataEnd:
        this.#isInSummary = true;
        return undefined;
      case OP.statistics:
        if (this.#isInSummary) this.#statistics = readStatistics(bytes);
    }
    return undefined;
  }

  /** Ends channels that are described again, differently. Returns their messages so far. */
  #endChannels(isAffected: (open: OpenChannel) => boolean): Chunk[] {
    const chunks: Chunk[] = [];
    for (const [id, open] of this.#open) {
      if (!isAffected(open)) continue;
      this.#pending -= open.batch?.byteLength ?? 0;
      chunks.push(...(open.batch?.take() ?? []));
      if (++this.#again <= MAX_AGAIN) {
        this.#problems.add(open.channel.topic, DESCRIBED_AGAIN);
        this.#open.delete(id);
      } else {
        this.#problems.add(
          open.channel.topic,
          `left out, since channels are described again more than ${MAX_AGAIN} times`,
        );
        this.#open.set(id, { ...open, batch: undefined });
      }
    }
    return chunks;
  }

  /** Adds a message. Returns chunks that are full. */
  #message(block: RecordBlock): Iterable<Chunk> | undefined {
    this.#counts.addMessage(block);
    if (this.#choices.hasTimes) {
      const logTime = logTimeOf(block);
      if (logTime < this.#choices.startTime || logTime >= this.#choices.endTime) return undefined;
    }
    const channelId = channelIdOf(block);
    let open = this.#open.get(channelId);
    let first: Chunk | undefined;
    if (open === undefined) {
      open = this.#openChannel(channelId);
      if (open === undefined) return undefined;
      this.#open.set(channelId, open);
      const { channel, schema, isWanted } = open;
      if (isWanted && this.#choices.decoders.has("schema"))
        first = this.#statics.schema(topicEntityPath(channel.topic).toString(), channel, schema);
    }
    if (open.robot !== undefined) this.#readRobot(block, open.channel, open.robot);
    const chunks = open.batch === undefined ? undefined : this.#push(block, open, open.batch);
    return first === undefined ? chunks : [first, ...(chunks ?? [])];
  }

  #push(block: RecordBlock, open: OpenChannel, batch: ChannelBatch): Iterable<Chunk> | undefined {
    const before = batch.byteLength;
    batch.push(block);
    this.#pending += batch.byteLength - before;
    if (open.isRobot) this.#addRobot(open.channel, batch);
    if (batch.length >= MAX_ROWS || batch.byteLength >= CHANNEL_BYTES) {
      this.#pending -= batch.byteLength;
      return batch.take();
    }
    if (this.#pending < TOTAL_BYTES) return undefined;
    this.#pending = 0;
    return this.#takeAll();
  }

  /** Reads a message that describes a robot, and keeps nothing else of it. */
  #readRobot(block: RecordBlock, channel: McapChannel, batch: ChannelBatch): void {
    batch.push(block);
    this.#addRobot(channel, batch);
    batch.take();
  }

  #addRobot({ topic }: McapChannel, batch: ChannelBatch): void {
    const text = this.#robots.size < MAX_ROBOTS ? batch.lastText("data") : undefined;
    if (text !== undefined) this.#robots.set(text, topic);
  }

  /** The messages of all channels as chunks, made one after the other. */
  *#takeAll(): Generator<Chunk, void, undefined> {
    for (const { batch } of this.#open.values()) if (batch !== undefined) yield* batch.take();
  }

  #openChannel(id: number): OpenChannel | undefined {
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      this.#problems.add(undefined, `messages of the channel ${id}, which the file does not describe`);
      return undefined;
    }
    const schema = channel.schemaId === 0 ? undefined : this.#schemas.get(channel.schemaId);
    const isWanted = this.#choices.wantsTopic(channel.topic);
    if (!isWanted) return { channel, schema, isWanted, batch: undefined, isRobot: false };
    const { decoders, rawFallback } = this.#choices;
    const { columns, problem, makeRaw } = planChannel(channel, schema, decoders, rawFallback, (reason) =>
      this.#problems.add(channel.topic, reason),
    );
    if (problem !== undefined) this.#problems.add(channel.topic, problem);
    const batch =
      columns && this.#hasRoom(channel.topic, columns) ? this.#batchOf(channel, columns, makeRaw) : undefined;
    const isText = schema !== undefined && /^std_msgs\/(?:msg\/)?String$/.test(schema.name);
    const isRobot = isText && decoders.has("urdf") && channel.topic.includes("robot_description");
    const isRead = decoders.has(channel.messageEncoding === "ros1" ? "ros1" : "ros2_reflection");
    const plan = isRobot && !isRead ? planChannel(channel, schema, TEXT_DECODERS, false, () => {}).columns : undefined;
    return {
      channel,
      schema,
      isWanted,
      batch,
      isRobot: isRobot && isRead,
      robot: plan && this.#batchOf(channel, plan),
    };
  }

  #batchOf(channel: McapChannel, columns: ChannelColumns, makeRaw?: () => ChannelColumns): ChannelBatch {
    const raw = makeRaw && ((): ChannelBatch => this.#batchOf(channel, makeRaw()));
    return new ChannelBatch(channel, columns, this.#choices, this.#maker, this.#problems, this.#isCopied, raw);
  }

  /** Counts the columns of a channel. If the file has too many, reports it and returns `false`. */
  #hasRoom(topic: string, { rows }: ChannelColumns): boolean {
    const columns = this.#columns + countColumns(rows);
    if (columns <= MAX_COLUMNS) this.#columns = columns;
    else
      this.#problems.add(topic, `left out, since the topics of the file have more than ${MAX_COLUMNS} fields in all`);
    return columns <= MAX_COLUMNS;
  }

  *#aboutFile(): Generator<Chunk, void, undefined> {
    const { decoders } = this.#choices;
    const statistics = this.#statistics ?? this.#counts.statistics;
    if (decoders.has("metadata") && this.#metadata.length > 0) yield this.#statics.metadata(this.#metadata);
    if (this.#attachments.length > 0) yield this.#statics.attachments(this.#attachments);
    if (decoders.has("recording_info") && statistics.messageCount > 0n)
      yield this.#statics.recordingInfo(statistics.messageStartTime);
    if (decoders.has("stats")) yield this.#statics.statistics(statistics);
  }
}
