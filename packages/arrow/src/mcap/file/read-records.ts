import { crc32 } from "@foxglove/crc";
import { RerunError } from "@rerun-ts/core";
import { concatBytes } from "@rerun-ts/core/encode";
import { checkAborted } from "../../source/collect.ts";
import type { OpenSource, ReadOptions } from "../../source/random-access.ts";
import { CHUNKS_AHEAD, ChunksAhead, MAX_AHEAD_BYTES } from "./chunks-ahead.ts";
import { RecordBlock } from "./record-block.ts";
import { MAGIC, OP, RECORD_HEADER, readChunk, recordLength, type McapChunkHeader } from "./records.ts";

/** Number of bytes of each read. */
const WINDOW = 4 * 1024 * 1024;
/** The largest part of a file that may be in memory at once. */
const MAX_RECORD_BYTES = 2 ** 31 - 1;
/** The largest part of an incomplete chunk that is read. */
const MAX_CUT_BYTES = 2 ** 28;

/** Options of reading records. */
export interface ReadRecordsOptions extends ReadOptions {
  /** Whether a chunk is read. Default: all. */
  wantsChunk?: ((chunk: McapChunkHeader) => boolean) | undefined;
  /** Whether checksums of chunks are compared with their records. Default `false`. */
  hasChecksums?: boolean | undefined;
  /** Receives damage. Reading continues behind it. */
  onDamage: (offset: number, error: unknown) => void;
}

/**
 * Reads the records of a file from its beginning, and those in its chunks. The function needs neither summary nor
 * indexes. The bytes of a block are valid until the next block.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the source does not begin like an MCAP file
 */
export async function* readRecords(
  access: OpenSource,
  { wantsChunk, hasChecksums, onDamage, signal }: ReadRecordsOptions,
): AsyncGenerator<RecordBlock, void, undefined> {
  const ahead = new ChunksAhead(access.size, wantsChunk);
  try {
    yield* recordsOf(new ForwardReader(access, signal), ahead, { wantsChunk, hasChecksums, onDamage });
  } finally {
    ahead.close();
  }
}

async function* recordsOf(
  reader: ForwardReader,
  ahead: ChunksAhead,
  { wantsChunk, hasChecksums, onDamage }: ReadRecordsOptions,
): AsyncGenerator<RecordBlock, void, undefined> {
  await reader.fill(MAGIC.byteLength);
  checkMagic(reader.bytes);
  reader.skip(MAGIC.byteLength);
  /** The next chunk is being read, and started if another thread decompresses it. */
  let next: Promise<void> | undefined;
  const wantedChunk = (record: Uint8Array): McapChunkHeader | undefined => {
    try {
      const chunk = readChunk(record);
      return wantsChunk?.(chunk) === false ? undefined : chunk;
    } catch (error) {
      onDamage(reader.position, error);
      return undefined;
    }
  };
  for (;;) {
    await next;
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
    await reader.fill(length);
    if (op === OP.chunk) {
      const record = reader.bytes.subarray(0, length);
      const chunk = wantedChunk(record.subarray(RECORD_HEADER));
      if (chunk !== undefined) yield new RecordBlock(record, position, false);
      const records = chunk && (await ahead.take(position, chunk).catch((error: unknown) => onDamage(position, error)));
      reader.skip(length);
      if (chunk === undefined || records === undefined) continue;
      if (ahead.isThreaded(chunk.compression)) {
        next = startNext(reader, ahead);
        // An error is thrown when the next record is read, which may be never.
        next.catch(() => undefined);
      }
      if (hasChecksums === true && isWrong(chunk, records))
        onDamage(position, new RerunError("INVALID_FORMAT", "the checksum of the chunk is wrong"));
      yield new RecordBlock(records, position, true);
    } else {
      const { size, isEnd } = wholeRecords(reader.bytes);
      yield new RecordBlock(reader.bytes.subarray(0, size), position, false);
      if (isEnd) return;
      reader.skip(size);
    }
  }
}

/**
 * Starts to decompress the next chunks, at once if they are in memory. Then reads the one after them, so that it is in
 * memory when it is its turn. Sources that read into new memory are not read ahead: all would be copied together.
 */
async function startNext(reader: ForwardReader, ahead: ChunksAhead): Promise<void> {
  let from = 0;
  for (let count = 0; count < CHUNKS_AHEAD; count++) {
    let next = reader.findChunk(from);
    if (next?.isWhole === false && reader.isReused) next = await reader.readChunk(from);
    if (next?.isWhole !== true) return;
    ahead.start(reader.bytes.subarray(next.start, next.end), reader.position + next.start);
    from = next.end;
  }
  if (reader.isReused) await reader.readChunk(from);
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

/** A chunk among the bytes that are in memory. */
interface FoundChunk {
  readonly start: number;
  readonly end: number;
  /** Whether all of it is in memory. */
  readonly isWhole: boolean;
}

/** The part of a file that is in memory. */
class ForwardReader {
  readonly #access: OpenSource;
  readonly #signal: AbortSignal | undefined;
  #memory: Uint8Array = new Uint8Array(0);
  /** The bytes from the position on. */
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;

  constructor(access: OpenSource, signal: AbortSignal | undefined) {
    this.#access = access;
    this.#signal = signal;
  }

  /** The size of the file. */
  get size(): number {
    return this.#access.size;
  }

  /** Whether reads use the same memory again. */
  get isReused(): boolean {
    return this.#access.readInto !== undefined;
  }

  /**
   * Finds the first chunk behind a position in the bytes. `undefined`: no chunk follows, or it is not to be read ahead.
   */
  findChunk(from: number): FoundChunk | undefined {
    const { bytes } = this;
    for (let start = from; start < from + MAX_AHEAD_BYTES;) {
      const rest = this.size - this.position - start;
      if (rest < RECORD_HEADER) return undefined;
      if (bytes.byteLength < start + RECORD_HEADER) return { start, end: start + RECORD_HEADER, isWhole: false };
      if (bytes[start] === OP.footer) return undefined;
      const length = recordLength(bytes, start);
      if (length > rest || length > MAX_AHEAD_BYTES) return undefined;
      const end = start + length;
      if (bytes[start] === OP.chunk) return { start, end, isWhole: end <= bytes.byteLength };
      start = end;
    }
    return undefined;
  }

  /** The same, but reads the whole chunk. */
  async readChunk(from: number): Promise<FoundChunk | undefined> {
    let found = this.findChunk(from);
    while (found?.isWhole === false) {
      await this.fill(found.end);
      found = this.findChunk(from);
    }
    return found;
  }

  /** Reads until this many bytes are available, or the file ends. */
  async fill(length: number): Promise<void> {
    const { byteLength } = this.bytes;
    if (byteLength >= length) return;
    const rest = this.#access.size - this.position - byteLength;
    if (rest <= 0) return;
    checkAborted(this.#signal);
    const wanted = Math.min(rest, Math.max(length - byteLength, WINDOW));
    const options = { signal: this.#signal };
    if (this.#access.readInto !== undefined) {
      const bytes = this.#roomFor(byteLength + wanted);
      await this.#access.readInto(bytes.subarray(byteLength), this.position + byteLength, options);
      this.bytes = bytes;
      return;
    }
    // Reading a few bytes again is faster than copying many.
    if (byteLength < WINDOW / 4) this.bytes = await this.#access.read(this.position, byteLength + wanted, options);
    else this.bytes = concatBytes([this.bytes, await this.#access.read(this.position + byteLength, wanted, options)]);
  }

  /** Memory that begins with the bytes, and has room for more. Earlier blocks use the same memory. */
  #roomFor(length: number): Uint8Array {
    const from = this.bytes.byteOffset - this.#memory.byteOffset;
    if (this.bytes.buffer === this.#memory.buffer && from + length <= this.#memory.byteLength)
      return this.#memory.subarray(from, from + length);
    if (this.#memory.byteLength < length) {
      // Room for several reads, because each time that the bytes move to the front takes time.
      const grown = new Uint8Array(length + 2 * WINDOW);
      grown.set(this.bytes);
      this.#memory = grown;
    } else this.#memory.set(this.bytes);
    return this.#memory.subarray(0, length);
  }

  skip(length: number): void {
    this.position += length;
    this.bytes = this.bytes.subarray(length);
  }
}

/** Whether the checksum of a chunk differs from that of its records. 0 stands for no checksum. */
function isWrong({ checksum }: McapChunkHeader, records: Uint8Array): boolean {
  return checksum !== 0 && crc32(records) !== checksum;
}

/** The length of the whole records at the beginning, up to a chunk, and whether the last is a footer. */
function wholeRecords(bytes: Uint8Array): { readonly size: number; readonly isEnd: boolean } {
  let at = 0;
  while (at + RECORD_HEADER <= bytes.byteLength && bytes[at] !== OP.chunk) {
    const end = at + recordLength(bytes, at);
    if (end > bytes.byteLength) break;
    if (bytes[at] === OP.footer) return { size: end, isEnd: true };
    at = end;
  }
  return { size: at, isEnd: false };
}

/** The whole records of a chunk without compression at which a file was cut. */
function* cutChunk(bytes: Uint8Array, position: number): Generator<RecordBlock, void, undefined> {
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
  yield new RecordBlock(records.subarray(0, at), position, true);
}

function checkMagic(bytes: Uint8Array): void {
  if (MAGIC.some((byte, index) => bytes[index] !== byte))
    throw new RerunError("INVALID_FORMAT", "this is no MCAP file: it does not begin like one");
}

function endsEarly(): RerunError {
  return new RerunError("INVALID_FORMAT", "the file ends within a record");
}
