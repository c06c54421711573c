import { checkOptions, withRerunErrors, type OptionNames, isError } from "@rerun-ts/core/checks";
import {
  type ReadOptions,
  type ReadProgress,
  type RandomAccess,
  withProgress,
  openSource,
  type RrdSource,
} from "@rerun-ts/reading/source";
import { FileCounts } from "../file/file-counts.ts";
import { isNext, readRecords } from "../file/read-records.ts";
import type { RecordBlock } from "../file/record-block.ts";
import { readSummary } from "../file/read-summary.ts";
import {
  MAGIC,
  OP,
  RECORD_HEADER,
  readAttachment,
  readAttachmentIndex,
  readChannel,
  readChunkIndex,
  readHeader,
  readMetadata,
  readMetadataIndex,
  readMcapSchema,
  readStatistics,
  type McapChannel,
  type McapChunkIndex,
  type McapHeader,
  type McapSchema,
  type McapStatistics,
} from "../file/records.ts";

/** Options of {@link mcapInfo}. */
export interface McapInfoOptions extends ReadOptions {
  /** Receives how much was read, for files without a summary. Default: nothing. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** A channel of an MCAP file. */
export interface McapChannelInfo {
  /** The id in the file. */
  readonly id: number;
  /** The topic, such as `/camera/image`. */
  readonly topic: string;
  /** The number of messages. */
  readonly messages: number;
  /** The encoding of the messages, e.g. `cdr`. */
  readonly messageEncoding: string;
  /** The name of the schema. `undefined` without a schema. */
  readonly schema: string | undefined;
  /** The encoding of the schema, e.g. `ros2msg`. `undefined` without a schema. */
  readonly schemaEncoding: string | undefined;
}

/** The chunks of an MCAP file with one compression. */
export interface McapCompressionInfo {
  /** The name of the compression. Empty: none. */
  readonly compression: string;
  /** The number of chunks. */
  readonly chunks: number;
  /** Their size in the file, in bytes. */
  readonly compressedBytes: number;
  /** Their size without compression, in bytes. */
  readonly uncompressedBytes: number;
}

/** Contents of an MCAP file. */
export interface McapInfo {
  /** The profile, e.g. `ros2`. */
  readonly profile: string;
  /** The library that wrote the file. */
  readonly library: string;
  /** The number of messages. */
  readonly messages: number;
  /** The first log time in nanoseconds. `undefined`: the file has no messages. */
  readonly startTime: bigint | undefined;
  /** The last log time in nanoseconds. `undefined`: the file has no messages. */
  readonly endTime: bigint | undefined;
  /** The number of schemas. */
  readonly schemas: number;
  /** The channels, by their ids. */
  readonly channels: readonly McapChannelInfo[];
  /** The chunks, by their compression. */
  readonly compressions: readonly McapCompressionInfo[];
  /** The number of chunks. */
  readonly chunks: number;
  /** Whether the log times of chunks overlap. */
  readonly hasOverlappingChunks: boolean;
  /** The attachments, without their data. */
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly bytes: number }[];
  /** The names of the metadata, one for each record. */
  readonly metadata: readonly string[];
  /** Whether the file has a summary. Otherwise the whole file was read. */
  readonly hasSummary: boolean;
  /** Damaged parts. */
  readonly damage: readonly string[];
}

const OPTIONS: OptionNames<McapInfoOptions> = { onProgress: "function", signal: 1 };

/**
 * Describes the contents of an MCAP file. Only the summary is read, if there is one.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if this is not an MCAP file, `ABORTED`, or the error of the source
 * @example
 * const { channels } = await mcapInfo("drive.mcap");
 * for (const { topic, messages } of channels) console.log(topic, messages);
 */
export function mcapInfo(source: RrdSource, options: McapInfoOptions = {}): Promise<McapInfo> {
  return withRerunErrors(async () => {
    checkOptions("mcapInfo", options, OPTIONS);
    const access = withProgress(await openSource(source, options), options.onProgress);
    try {
      return await readInfo(access, options);
    } finally {
      await access.close?.();
    }
  });
}

async function readInfo(access: RandomAccess, options: ReadOptions): Promise<McapInfo> {
  const summary = await readSummary(access, options);
  const collected = new InfoCollector();
  if (summary !== undefined) {
    try {
      while (summary.next()) collected.add(summary);
      const start = await access.read(0, Math.min(access.size, 64 * 1024), options);
      collected.addHeader(start.subarray(MAGIC.byteLength + RECORD_HEADER));
    } catch {
      collected.isIncomplete = true;
    }
    if (collected.isComplete) return collected.info(true, []);
  }
  const all = new InfoCollector();
  const damage: string[] = [];
  const onDamage = (offset: number, error: unknown): void =>
    void damage.push(`byte ${offset}: ${isError(error) ? error.message : String(error)}`);
  for await (const block of readRecords(access, { ...options, onDamage })) {
    while (isNext(block, onDamage)) {
      try {
        all.add(block);
      } catch (error) {
        onDamage(block.position, error);
      }
    }
  }
  return all.info(false, damage);
}

/** Collects the facts about a file from its records: those of a summary, or all records. */
class InfoCollector {
  isIncomplete = false;
  readonly #counts = new FileCounts();
  readonly #schemas = new Map<number, McapSchema>();
  readonly #channels = new Map<number, McapChannel>();
  readonly #chunks: McapChunkIndex[] = [];
  readonly #attachments: McapInfo["attachments"][number][] = [];
  readonly #metadata: string[] = [];
  #header: McapHeader | undefined;
  #statistics: McapStatistics | undefined;
  #isSummary = false;

  /** Whether a summary is complete, because writers may omit parts. */
  get isComplete(): boolean {
    const { messageCount = 0n, chunkCount = 0, channelMessageCounts } = this.#statistics ?? {};
    const hasChannels = [...(channelMessageCounts?.keys() ?? [])].every((id) => this.#channels.has(id));
    const hasChunks = this.#chunks.length === chunkCount;
    const hasCounts = messageCount === 0n || (channelMessageCounts?.size ?? 0) > 0;
    return this.#statistics !== undefined && !this.isIncomplete && hasChannels && hasChunks && hasCounts;
  }

  addHeader(bytes: Uint8Array): void {
    this.#header ??= readHeader(bytes);
  }

  add(block: RecordBlock): void {
    if (block.op === OP.message) return this.#counts.addMessage(block);
    const bytes = block.record;
    switch (block.op) {
      case OP.header:
        return this.addHeader(bytes);
      case OP.schema:
        return this.#addSchema(readMcapSchema(bytes));
      case OP.channel:
        return this.#addChannel(readChannel(bytes));
      case OP.statistics:
        this.#statistics = readStatistics(bytes);
        return;
      case OP.dataEnd:
        // Later records repeat counted ones.
        this.#isSummary = true;
        return;
      default:
        if (block.chunk !== undefined)
          this.#chunks.push({ ...block.chunk, compressedSize: block.chunk.records.byteLength });
        this.#addData(block.op, bytes);
        if (!this.#isSummary) this.#addIndex(block.op, bytes);
    }
  }

  #addSchema(schema: McapSchema): void {
    this.#schemas.set(schema.id, schema);
    this.#counts.addSchema(schema.id);
  }

  #addChannel(channel: McapChannel): void {
    if (!this.#channels.has(channel.id)) this.#channels.set(channel.id, channel);
    this.#counts.addChannel(channel.id);
  }

  #addData(op: number, bytes: Uint8Array): void {
    if (op === OP.attachment) {
      const { name, mediaType, data } = readAttachment(bytes);
      this.#attachments.push({ name, mediaType, bytes: data.byteLength });
    } else if (op === OP.metadata) this.#metadata.push(readMetadata(bytes).name);
  }

  #addIndex(op: number, bytes: Uint8Array): void {
    if (op === OP.chunkIndex) this.#chunks.push(readChunkIndex(bytes));
    else if (op === OP.attachmentIndex) {
      const { name, mediaType, size } = readAttachmentIndex(bytes);
      this.#attachments.push({ name, mediaType, bytes: size });
    } else if (op === OP.metadataIndex) this.#metadata.push(readMetadataIndex(bytes));
  }

  info(hasSummary: boolean, damage: readonly string[]): McapInfo {
    const statistics = (hasSummary ? this.#statistics : undefined) ?? this.#counts.statistics;
    const hasMessages = statistics.messageCount > 0n;
    const channels = [...this.#channels.values()].sort((a, b) => a.id - b.id);
    return {
      profile: this.#header?.profile ?? "",
      library: this.#header?.library ?? "",
      messages: Number(statistics.messageCount),
      startTime: hasMessages ? statistics.messageStartTime : undefined,
      endTime: hasMessages ? statistics.messageEndTime : undefined,
      schemas: this.#schemas.size,
      channels: channels.map(({ id, topic, messageEncoding, schemaId }) => ({
        id,
        topic,
        messages: Number(statistics.channelMessageCounts.get(id) ?? 0n),
        messageEncoding,
        schema: this.#schemas.get(schemaId)?.name,
        schemaEncoding: this.#schemas.get(schemaId)?.encoding,
      })),
      compressions: compressionsOf(this.#chunks),
      chunks: this.#chunks.length,
      hasOverlappingChunks: overlap(this.#chunks),
      attachments: this.#attachments,
      metadata: this.#metadata,
      hasSummary,
      damage,
    };
  }
}

function compressionsOf(chunks: readonly McapChunkIndex[]): McapCompressionInfo[] {
  const found = new Map<string, McapCompressionInfo>();
  for (const { compression, compressedSize, uncompressedSize } of chunks) {
    const known = found.get(compression);
    found.set(compression, {
      compression,
      chunks: (known?.chunks ?? 0) + 1,
      compressedBytes: (known?.compressedBytes ?? 0) + compressedSize,
      uncompressedBytes: (known?.uncompressedBytes ?? 0) + uncompressedSize,
    });
  }
  return [...found.values()];
}

function overlap(chunks: readonly McapChunkIndex[]): boolean {
  const sorted = [...chunks].sort((a, b) => (a.startTime < b.startTime ? -1 : 1));
  return sorted.some(({ startTime }, index) => index > 0 && startTime < (sorted[index - 1] as McapChunkIndex).endTime);
}
