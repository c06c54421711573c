import { RerunError } from "@rerun-ts/core";

/** The kinds of records. Source: the MCAP format, mcap.dev/spec. */
export const OP = {
  header: 0x01,
  footer: 0x02,
  schema: 0x03,
  channel: 0x04,
  message: 0x05,
  chunk: 0x06,
  messageIndex: 0x07,
  chunkIndex: 0x08,
  attachment: 0x09,
  attachmentIndex: 0x0a,
  statistics: 0x0b,
  metadata: 0x0c,
  metadataIndex: 0x0d,
  dataEnd: 0x0f,
} as const;

/** The bytes at both ends of a file. */
export const MAGIC: Uint8Array = new Uint8Array([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);
/** The kind of a record, and its length. */
export const RECORD_HEADER = 9;

/** A description of messages. */
export interface McapSchema {
  readonly id: number;
  readonly name: string;
  readonly encoding: string;
  readonly data: Uint8Array;
}

/** Whether schemas describe the same messages. */
export function isSameSchema(a: McapSchema, b: McapSchema): boolean {
  if (a.name !== b.name || a.encoding !== b.encoding || a.data.byteLength !== b.data.byteLength) return false;
  return a.data.every((byte, index) => byte === b.data[index]);
}

/** Whether channels have the same messages. */
export function isSameChannel(a: McapChannel, b: McapChannel): boolean {
  return a.topic === b.topic && a.schemaId === b.schemaId && a.messageEncoding === b.messageEncoding;
}

/** The problem of a channel whose id or schema has another meaning from now on. */
export const DESCRIBED_AGAIN = "described again, differently: later messages are read by the new description";

/** A topic's messages. */
export interface McapChannel {
  readonly id: number;
  readonly schemaId: number;
  readonly topic: string;
  readonly messageEncoding: string;
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** The beginning of a chunk: the facts that are known before decompression. */
export interface McapChunkHeader {
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly uncompressedSize: number;
  /** The CRC-32 of the records without compression, or 0 if there is none. */
  readonly checksum: number;
  readonly compression: string;
  /** The compressed records, as a range of the bytes that were read, or of the file. */
  readonly records: Uint8Array | StoredBytes;
}

/** Bytes of a file that are not in memory. */
export interface StoredBytes {
  /** Their position in the file. */
  readonly position: number;
  readonly byteLength: number;
}

/** A file within a file. */
export interface McapAttachment {
  readonly logTime: bigint;
  readonly createTime: bigint;
  readonly name: string;
  readonly mediaType: string;
  readonly data: Uint8Array;
}

/** Named texts. */
export interface McapMetadata {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

/** Counts of a whole file. */
export interface McapStatistics {
  readonly messageCount: bigint;
  readonly schemaCount: number;
  readonly channelCount: number;
  readonly attachmentCount: number;
  readonly metadataCount: number;
  readonly chunkCount: number;
  readonly messageStartTime: bigint;
  readonly messageEndTime: bigint;
  /** Messages by the id of their channel. */
  readonly channelMessageCounts: ReadonlyMap<number, bigint>;
}

/** The length of a record with its header, which must be complete. */
export function recordLength(bytes: Uint8Array, at: number): number {
  return RECORD_HEADER + Number(new DataView(bytes.buffer, bytes.byteOffset + at + 1, 8).getBigUint64(0, true));
}

const decoder = new TextDecoder();

/** Reads the fields of a record. All reads are checked against its end. */
class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The position behind the last field that was read. */
  get at(): number {
    return this.#at;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** A length of 64 bits. */
  size(): number {
    return Number(this.u64());
  }

  text(): string {
    return decoder.decode(this.bytes(this.u32()));
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** Pairs of texts, such as metadata. */
  texts(): [string, string][] {
    const end = this.u32() + this.#at;
    const pairs: [string, string][] = [];
    while (this.#at < end) pairs.push([this.text(), this.text()]);
    return pairs;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.byteLength) throw endsEarly();
    this.#at = at + length;
    return at;
  }
}

/** A chunk in the summary. */
export interface McapChunkIndex {
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly compression: string;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
}

/** The beginning of a file. */
export interface McapHeader {
  readonly profile: string;
  readonly library: string;
}

export function readHeader(record: Uint8Array): McapHeader {
  const reader = new RecordReader(record);
  return { profile: reader.text(), library: reader.text() };
}

/** The position of the summary, or 0 if there is none. */
export function readSummaryPosition(record: Uint8Array): number {
  return new RecordReader(record).size();
}

export function readChunkIndex(record: Uint8Array): McapChunkIndex {
  const reader = new RecordReader(record);
  const [startTime, endTime] = [reader.u64(), reader.u64()];
  // The position and the length of the chunk, and of the indexes of its messages.
  reader.bytes(16);
  reader.bytes(reader.u32());
  reader.bytes(8);
  const compression = reader.text();
  return { startTime, endTime, compression, compressedSize: reader.size(), uncompressedSize: reader.size() };
}

/** An attachment in the summary. */
export function readAttachmentIndex(record: Uint8Array): { name: string; mediaType: string; size: number } {
  const reader = new RecordReader(record);
  // Its position and length, its log and create times.
  reader.bytes(32);
  const size = reader.size();
  return { name: reader.text(), mediaType: reader.text(), size };
}

/** The name of metadata in the summary. */
export function readMetadataIndex(record: Uint8Array): string {
  const reader = new RecordReader(record);
  reader.bytes(16);
  return reader.text();
}

export function readMcapSchema(record: Uint8Array): McapSchema {
  const reader = new RecordReader(record);
  const [id, name, encoding] = [reader.u16(), reader.text(), reader.text()];
  return { id, name, encoding, data: reader.bytes(reader.u32()).slice() };
}

export function readChannel(record: Uint8Array): McapChannel {
  const reader = new RecordReader(record);
  const [id, schemaId, topic, messageEncoding] = [reader.u16(), reader.u16(), reader.text(), reader.text()];
  return { id, schemaId, topic, messageEncoding, metadata: reader.texts() };
}

export function readChunkHeader(record: Uint8Array): McapChunkHeader {
  const reader = new RecordReader(record);
  return { ...readChunkHead(reader), records: reader.bytes(reader.size()) };
}

/**
 * The same without the compressed records.
 *
 * @param record the beginning of the record
 * @param position the position of the record's contents in the file
 * @param length the length of the record's contents
 */
export function locateChunk(record: Uint8Array, position: number, length: number): McapChunkHeader {
  const reader = new RecordReader(record);
  const head = readChunkHead(reader);
  const byteLength = reader.size();
  if (reader.at + byteLength > length) throw endsEarly();
  return { ...head, records: { position: position + reader.at, byteLength } };
}

function readChunkHead(reader: RecordReader): Omit<McapChunkHeader, "records"> {
  const [startTime, endTime, uncompressedSize] = [reader.u64(), reader.u64(), reader.size()];
  return { startTime, endTime, uncompressedSize, checksum: reader.u32(), compression: reader.text() };
}

export function readAttachment(record: Uint8Array): McapAttachment {
  const reader = new RecordReader(record);
  const [logTime, createTime, name, mediaType] = [reader.u64(), reader.u64(), reader.text(), reader.text()];
  return { logTime, createTime, name, mediaType, data: reader.bytes(reader.size()).slice() };
}

export function readMetadata(record: Uint8Array): McapMetadata {
  const reader = new RecordReader(record);
  return { name: reader.text(), entries: reader.texts() };
}

export function readStatistics(record: Uint8Array): McapStatistics {
  const reader = new RecordReader(record);
  const statistics = {
    messageCount: reader.u64(),
    schemaCount: reader.u16(),
    channelCount: reader.u32(),
    attachmentCount: reader.u32(),
    metadataCount: reader.u32(),
    chunkCount: reader.u32(),
    messageStartTime: reader.u64(),
    messageEndTime: reader.u64(),
  };
  const counts = new RecordReader(reader.bytes(reader.u32()));
  const channelMessageCounts = new Map<number, bigint>();
  while (counts.rest().byteLength > 0) channelMessageCounts.set(counts.u16(), counts.u64());
  return { ...statistics, channelMessageCounts };
}

function endsEarly(): RerunError {
  return new RerunError("INVALID_FORMAT", "a record ends before its last field");
}
