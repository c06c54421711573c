import { crc32 } from "@foxglove/crc";
import { RerunError } from "@rerun-ts/core";
import type { OpenSource, ReadOptions } from "@rerun-ts/reading/source";
import { ChunkDecoder } from "./chunk-decoder.ts";
import { isUnreadable } from "./decompress-chunk.ts";
import { ForwardReader } from "./forward-reader.ts";
import { RecordBlock } from "./record-block.ts";
import {
  MAGIC,
  OP,
  RECORD_HEADER,
  locateChunk,
  readChunkHeader,
  recordLength,
  type McapChunkHeader,
} from "./records.ts";

/** Number of bytes of each read. */
const WINDOW = 4 * 1024 * 1024;
/** The same if another thread reads the chunks, and this one what lies between them. */
const SMALL_WINDOW = 64 * 1024;
/** Number of bytes in which a chunk's head lies, unless its compression has a very long name. */
const CHUNK_HEAD_BYTES = 1024;
/** The largest part of a file that may be in memory at the same time. */
const MAX_RECORD_BYTES = 2 ** 31 - 1;
/** The largest part of an incomplete chunk that is read. */
const MAX_CUT_BYTES = 2 ** 28;
/** Chunks are decompressed ahead until they have this size, so that the other thread hardly ever waits. */
const BYTES_AHEAD = 10 * 1024 * 1024;
/** The most chunks that are decompressed ahead. More are found, so that the next can start immediately. */
const CHUNKS_AHEAD = 8;
const CHUNKS_FOUND: number = CHUNKS_AHEAD + 2;

export interface ReadRecordsOptions extends ReadOptions {
  /** Whether a chunk is read. Default: all. */
  wantsChunk?: ((chunk: McapChunkHeader) => boolean) | undefined;
  /** Whether checksums of chunks are compared with their records. Default `false`. */
  hasChecksums?: boolean | undefined;
  /** Receives damage. Reading continues behind it. */
  onDamage: (offset: number, error: unknown) => void;
}

/** A chunk of the file. */
interface FoundChunk {
  readonly position: number;
  readonly chunk: McapChunkHeader;
  /** Whether another thread decompresses it. */
  readonly isThreaded: boolean;
  /** Its records, if their decompression has begun. */
  records?: Promise<Uint8Array>;
}

/** A part of the file, in its order. */
interface Part {
  /** Records outside of chunks. */
  readonly block?: RecordBlock;
  readonly found?: FoundChunk;
  /** Whether the bytes of the part stay the same while later parts are read. */
  readonly isLasting: boolean;
}

/**
 * Reads the records of a file from its beginning, and those in its chunks. The function needs neither summary nor
 * indexes, and leaves out the indexes of messages. The bytes of a block are valid until the next block.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the source does not begin like an MCAP file
 */
export async function* readRecords(
  access: OpenSource,
  { wantsChunk, hasChecksums, onDamage, signal }: ReadRecordsOptions,
): AsyncGenerator<RecordBlock, void, undefined> {
  const decoder = new ChunkDecoder(access);
  const reader = new ForwardReader(access, SMALL_WINDOW, signal);
  const parts = new PartQueue(partsOf(reader, decoder, { wantsChunk, hasChecksums, onDamage }), decoder);
  try {
    for (;;) {
      const part = await parts.next();
      if (part === undefined) return;
      if (part.block !== undefined) yield part.block;
      if (part.found === undefined) continue;
      const { position, chunk } = part.found;
      yield RecordBlock.ofChunk(chunk, position);
      const decompressed = await (part.found.records ?? decoder.decompress(chunk)).catch((error: unknown) => {
        if (isUnreadable(error)) throw error;
        onDamage(position, error);
      });
      if (decompressed === undefined) continue;
      const records = decoder.take(decompressed);
      if (hasChecksums === true && isWrong(chunk, records))
        onDamage(position, new RerunError("INVALID_FORMAT", "the checksum of the chunk is wrong"));
      yield new RecordBlock(records, position, true);
    }
  } finally {
    decoder.close();
  }
}

/** The parts of a file. Those behind the current one are found ahead, if another thread decompresses chunks. */
class PartQueue {
  readonly #parts: AsyncGenerator<Part, void, undefined>;
  readonly #decoder: ChunkDecoder;
  readonly #queue: Part[] = [];
  #last: Part | undefined;
  #isEnded = false;
  #looking: Promise<void> | undefined;

  constructor(parts: AsyncGenerator<Part, void, undefined>, decoder: ChunkDecoder) {
    this.#parts = parts;
    this.#decoder = decoder;
  }

  /** The next part, or `undefined` at the end. Its chunk and those behind it are started. */
  async next(): Promise<Part | undefined> {
    await this.#looking;
    if (this.#queue.length === 0) await this.#find();
    this.#start();
    const part = this.#queue.shift();
    this.#start();
    this.#looking = this.#look();
    // The error is thrown when the next part is requested, which may be never.
    this.#looking.catch(() => undefined);
    return part;
  }

  /** Finds parts until enough chunks are in the queue. */
  async #look(): Promise<void> {
    while (this.#last?.isLasting === true && !this.#isEnded) {
      let chunks = 0;
      let bytes = 0;
      for (const { found, block } of this.#queue) {
        if (found !== undefined) chunks++;
        bytes += block?.bytes.byteLength ?? 0;
      }
      if (chunks >= CHUNKS_FOUND || bytes >= WINDOW) return;
      await this.#find();
      this.#start();
    }
  }

  async #find(): Promise<void> {
    const { value } = await this.#parts.next();
    if (value === undefined) this.#isEnded = true;
    else this.#queue.push(value);
    this.#last = value ?? undefined;
  }

  /** Starts the first chunks in the queue. */
  #start(): void {
    let [count, bytes] = [0, 0];
    for (const { found } of this.#queue) {
      if (found === undefined) continue;
      if (!found.isThreaded || ++count > CHUNKS_AHEAD || bytes > BYTES_AHEAD) return;
      bytes += found.chunk.uncompressedSize;
      if (found.records !== undefined) continue;
      found.records = this.#decoder.decompress(found.chunk);
      // A failure is reported when it is the chunk's turn, which may be never.
      found.records.catch(() => undefined);
    }
  }
}

/** Finds the parts of a file. A chunk that another thread reads is passed over. */
async function* partsOf(
  reader: ForwardReader,
  decoder: ChunkDecoder,
  { wantsChunk, hasChecksums, onDamage }: Omit<ReadRecordsOptions, "signal">,
): AsyncGenerator<Part, void, undefined> {
  await reader.fill(MAGIC.byteLength);
  checkMagic(reader.bytes);
  reader.skip(MAGIC.byteLength);
  /** Whether the last chunk is read by another thread. */
  let isByThread = false;
  for (;;) {
    await reader.fill(RECORD_HEADER);
    const { position, bytes } = reader;
    if (bytes.byteLength < RECORD_HEADER) {
      onDamage(position, endsEarly());
      return;
    }
    const op = bytes[0] as number;
    const length = recordLength(bytes, 0);
    if (position + length > reader.size || length > MAX_RECORD_BYTES) {
      await reader.fill(Math.min(reader.size - position, MAX_CUT_BYTES));
      if (op === OP.chunk) yield* cutChunk(reader.bytes.subarray(RECORD_HEADER), position);
      onDamage(position, endsEarly());
      return;
    }
    if (op === OP.messageIndex) reader.skip(length);
    else if (op === OP.chunk) {
      const found = await findChunk(reader, length, decoder).catch((error: unknown) => {
        // Errors of the source come as they are.
        if (!(error instanceof RerunError) || isUnreadable(error)) throw error;
        onDamage(position, error);
      });
      isByThread = found?.isThreaded === true;
      if (found !== undefined && wantsChunk?.(found.chunk) !== false)
        yield { found, isLasting: found.isThreaded || !reader.isReused };
      reader.skip(length);
    } else {
      await reader.fill(length);
      const { size, isEnd } = wholeRecords(reader.bytes);
      yield blockOf(reader, size, isByThread);
      reader.skip(size);
      if (isEnd) {
        if (hasChecksums === true) await checkEnd(reader, onDamage);
        return;
      }
      if (!isByThread) reader.setReads(WINDOW, true);
    }
  }
}

/** The chunk at the position of the reader, which has this length. Throws if it is damaged, or cannot be read. */
async function findChunk(reader: ForwardReader, length: number, decoder: ChunkDecoder): Promise<FoundChunk> {
  const { position, isReused } = reader;
  if (isReused) {
    await reader.fill(Math.min(length, CHUNK_HEAD_BYTES));
    const head = reader.bytes.subarray(RECORD_HEADER, length);
    const chunk = locateChunk(head, position + RECORD_HEADER, length - RECORD_HEADER);
    if (decoder.isThreaded(chunk)) {
      reader.setReads(SMALL_WINDOW, false);
      return { position, chunk, isThreaded: true };
    }
  }
  reader.setReads(WINDOW, true);
  await reader.fill(length);
  const chunk = readChunkHeader(reader.bytes.subarray(RECORD_HEADER, length));
  return { position, chunk, isThreaded: !isReused && decoder.isThreaded(chunk) };
}

/** Records outside of chunks. They are copied if the reader moves on before they are read. */
function blockOf(reader: ForwardReader, size: number, isAhead: boolean): Part {
  const { position } = reader;
  const bytes = reader.bytes.subarray(0, size);
  const isCopied = reader.isReused && isAhead && size <= SMALL_WINDOW;
  const block = new RecordBlock(isCopied ? bytes.slice() : bytes, position, false);
  return { block, isLasting: isCopied || !reader.isReused };
}

/** Moves to the next record of a block, and reports an incomplete record. */
export function isNext(block: RecordBlock, onDamage: ReadRecordsOptions["onDamage"]): boolean {
  try {
    return block.next();
  } catch (error) {
    onDamage(block.position, error);
    return false;
  }
}

/** Whether the checksum of a chunk differs from that of its records. 0 stands for no checksum. */
function isWrong({ checksum }: McapChunkHeader, records: Uint8Array): boolean {
  return checksum !== 0 && crc32(records) !== checksum;
}

/**
 * The length of the whole records at the beginning, up to a chunk or its indexes, and whether the last is a footer.
 */
function wholeRecords(bytes: Uint8Array): { readonly size: number; readonly isEnd: boolean } {
  let at = 0;
  while (at + RECORD_HEADER <= bytes.byteLength && bytes[at] !== OP.chunk && bytes[at] !== OP.messageIndex) {
    const end = at + recordLength(bytes, at);
    if (end > bytes.byteLength) break;
    if (bytes[at] === OP.footer) return { size: end, isEnd: true };
    at = end;
  }
  return { size: at, isEnd: false };
}

/** The whole records of a chunk without compression at which a file was cut. */
function* cutChunk(bytes: Uint8Array, position: number): Generator<Part, void, undefined> {
  // Start and end time, size, checksum, the length of the compression's name, which is 0, and the length of the
  // records.
  const header = 8 + 8 + 8 + 4 + 4 + 8;
  if (bytes.byteLength < header || new DataView(bytes.buffer, bytes.byteOffset + 28, 4).getUint32(0, true) !== 0)
    return;
  const records = bytes.subarray(header);
  let at = 0;
  while (at + RECORD_HEADER <= records.byteLength) {
    const end = at + recordLength(records, at);
    if (end > records.byteLength) break;
    at = end;
  }
  yield { block: new RecordBlock(records.subarray(0, at), position, true), isLasting: false };
}

/** Reports a file that does not end with the same bytes with which it begins. */
async function checkEnd(reader: ForwardReader, onDamage: ReadRecordsOptions["onDamage"]): Promise<void> {
  const { position } = reader;
  await reader.fill(MAGIC.byteLength);
  const isWhole = MAGIC.every((byte, index) => reader.bytes[index] === byte);
  const rest = reader.size - position - MAGIC.byteLength;
  if (!isWhole) onDamage(position, new RerunError("INVALID_FORMAT", "the file does not end as an MCAP file does"));
  else if (rest > 0)
    onDamage(position + MAGIC.byteLength, new RerunError("INVALID_FORMAT", `${rest} bytes follow the end of the file`));
}

function checkMagic(bytes: Uint8Array): void {
  if (MAGIC.some((byte, index) => bytes[index] !== byte))
    throw new RerunError("INVALID_FORMAT", "this is not an MCAP file (wrong file header)");
}

function endsEarly(): RerunError {
  return new RerunError("INVALID_FORMAT", "the file ends within a record");
}
