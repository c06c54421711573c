import { McapWriter, type IWritable } from "@mcap/core";

/** A channel of a test's file. */
export interface TestChannel {
  readonly topic: string;
  readonly messageEncoding: string;
  /** The name, the encoding and the text or bytes of its schema. Default: none. */
  readonly schema?: readonly [name: string, encoding: string, data: string | Uint8Array];
  /** The data of its messages, which have the log times 1000, 2000, … */
  readonly messages: readonly Uint8Array[];
}

/** Options of writing a test's file. */
export interface TestFileOptions {
  /** Whether messages are in chunks. Default `true`. */
  readonly useChunks?: boolean;
  /** Whether there are a summary and indexes. Default `true`. */
  readonly useSummary?: boolean;
  /** Whether a summary has statistics. Default `true`. */
  readonly useStatistics?: boolean;
  /** Number of bytes after which a chunk ends. */
  readonly chunkSize?: number;
  /** Compresses the records of a chunk. Default: no compression. */
  readonly compressChunk?: (records: Uint8Array) => { compression: string; compressedData: Uint8Array };
  /** Nanoseconds that are added to the times of messages. Default 0. */
  readonly timeOffset?: bigint;
  /** The names of empty metadata. Default: none. */
  readonly metadata?: readonly string[];
}

class MemoryFile implements IWritable {
  readonly #parts: Uint8Array[] = [];
  #size = 0n;

  write(buffer: Uint8Array): Promise<void> {
    this.#parts.push(buffer.slice());
    this.#size += BigInt(buffer.byteLength);
    return Promise.resolve();
  }

  position(): bigint {
    return this.#size;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(Number(this.#size));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.byteLength;
    }
    return all;
  }
}

/** Writes an MCAP file to memory. The messages of the channels take turns. */
export async function mcapFile(
  channels: readonly TestChannel[],
  {
    useChunks = true,
    useSummary = true,
    useStatistics = true,
    chunkSize,
    compressChunk,
    timeOffset = 0n,
    metadata = [],
  }: TestFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const file = new MemoryFile();
  const writer = new McapWriter({
    writable: file,
    useChunks,
    useStatistics,
    ...(chunkSize !== undefined && { chunkSize }),
    ...(compressChunk !== undefined && { compressChunk }),
    ...(!useSummary && {
      useStatistics: false,
      useSummaryOffsets: false,
      repeatSchemas: false,
      repeatChannels: false,
      useMessageIndex: false,
      useChunkIndex: false,
      useAttachmentIndex: false,
      useMetadataIndex: false,
    }),
  });
  await writer.start({ profile: "test", library: "rerun-ts" });
  const ids: number[] = [];
  for (const { topic, messageEncoding, schema } of channels) {
    const [name = "", encoding = "", data = ""] = schema ?? [];
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const schemaId = schema === undefined ? 0 : await writer.registerSchema({ name, encoding, data: bytes });
    ids.push(await writer.registerChannel({ topic, messageEncoding, schemaId, metadata: new Map() }));
  }
  const rows = Math.max(0, ...channels.map(({ messages }) => messages.length));
  for (let row = 0; row < rows; row++) {
    for (const [index, { messages }] of channels.entries()) {
      const data = messages[row];
      if (data === undefined) continue;
      const logTime = BigInt(1000 * (row + 1)) + timeOffset;
      await writer.addMessage({ channelId: ids[index] as number, sequence: row, logTime, publishTime: logTime, data });
    }
  }
  for (const name of metadata) await writer.addMetadata({ name, metadata: new Map([["key", name]]) });
  await writer.end();
  return file.bytes;
}

/** A `std_msgs/msg/String` in CDR. */
export function cdrText(text: string, isLittle = true): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const message = new Uint8Array(4 + 4 + bytes.byteLength + 1);
  message[1] = isLittle ? 1 : 0;
  new DataView(message.buffer).setUint32(4, bytes.byteLength + 1, isLittle);
  message.set(bytes, 8);
  return message;
}

/** A channel of `std_msgs/msg/String`. */
export function textChannel(topic: string, messages: readonly Uint8Array[]): TestChannel {
  return { topic, messageEncoding: "cdr", schema: ["std_msgs/msg/String", "ros2msg", "string data"], messages };
}
