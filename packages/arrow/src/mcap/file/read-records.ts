import { RerunError } from "@rerun-ts/core";
import { concatBytes } from "@rerun-ts/core/encode";
import { checkAborted } from "../../source/collect.ts";
import type { RandomAccess, ReadOptions } from "../../source/random-access.ts";
import { decompressChunk } from "./decompress-chunk.ts";
import { MAGIC, OP, RECORD_HEADER, readChunk, type McapChunkHeader } from "./records.ts";

/** Number of bytes that are read at once. */
const WINDOW = 4 * 1024 * 1024;
/** The largest part of a file that must be in memory at once. */
const MAX_RECORD_BYTES = 2 ** 31 - 1;
/** The largest part of an incomplete chunk that is read. */
const MAX_CUT_BYTES = 2 ** 28;

/** A record of a file, or of a chunk in it. The bytes are valid until the next record is asked for. */
export interface McapRecord {
  /** The position in the file; that of the chunk for records in chunks. */
  readonly offset: number;
  readonly op: number;
  readonly bytes: Uint8Array;
}

/** How records are read. */
export interface ReadRecordsOptions extends ReadOptions {
  /** Whether a chunk is read. Default: all. */
  wantsChunk?: ((chunk: McapChunkHeader) => boolean) | undefined;
  /** Receives what is damaged: reading continues behind it. */
  onDamage: (offset: number, error: unknown) => void;
}

/**
 * Reads the records of a file from its beginning, and those in its chunks. Nothing depends on the summary or on indexes.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it does not begin as an MCAP file
 */
export async function* readRecords(
  access: RandomAccess,
  { wantsChunk, onDamage, signal }: ReadRecordsOptions,
): AsyncGenerator<readonly McapRecord[], void, undefined> {
  let base = 0;
  let part: Uint8Array = new Uint8Array(0);
  const fill = async (length: number): Promise<void> => {
    if (part.byteLength >= length) return;
    const position = base + part.byteLength;
    const wanted = Math.min(access.size - position, Math.max(length - part.byteLength, WINDOW));
    if (wanted <= 0) return;
    checkAborted(signal);
    const piece = await access.read(position, wanted, { signal });
    part = part.byteLength === 0 ? piece : concatBytes([part, piece]);
  };
  const skip = (length: number): void => {
    base += length;
    part = length < part.byteLength ? part.subarray(length) : new Uint8Array(0);
  };
  await fill(MAGIC.byteLength);
  checkMagic(part);
  skip(MAGIC.byteLength);
  let pending: McapRecord[] = [];
  for (;;) {
    if (part.byteLength < RECORD_HEADER) {
      if (pending.length > 0) yield pending;
      pending = [];
      await fill(RECORD_HEADER);
    }
    if (part.byteLength < RECORD_HEADER) {
      onDamage(base, endsEarly());
      return;
    }
    const op = part[0] as number;
    const length = lengthOf(part);
    if (base + RECORD_HEADER + length > access.size || length > MAX_RECORD_BYTES) {
      if (pending.length > 0) yield pending;
      if (op === OP.chunk) {
        await fill(Math.min(access.size - base, MAX_CUT_BYTES));
        yield* cutChunk(part.subarray(RECORD_HEADER));
      }
      onDamage(base, endsEarly());
      return;
    }
    if (part.byteLength < RECORD_HEADER + length) {
      if (pending.length > 0) yield pending;
      pending = [];
      await fill(RECORD_HEADER + length);
    }
    const bytes = part.subarray(RECORD_HEADER, RECORD_HEADER + length);
    if (op === OP.chunk) {
      if (pending.length > 0) yield pending;
      pending = [];
      try {
        const chunk = readChunk(bytes);
        if (wantsChunk?.(chunk) !== false) {
          yield [{ op, bytes, offset: base }];
          yield recordsIn(decompressChunk(chunk), base, onDamage);
        }
      } catch (error) {
        onDamage(base, error);
      }
    } else pending.push({ op, bytes, offset: base });
    skip(RECORD_HEADER + length);
    if (op === OP.footer) {
      if (pending.length > 0) yield pending;
      return;
    }
  }
}

/** The records in bytes, as far as they are whole. */
export function recordsIn(bytes: Uint8Array, offset: number, onDamage: ReadRecordsOptions["onDamage"]): McapRecord[] {
  const records: McapRecord[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const rest = bytes.subarray(at);
    const length = rest.byteLength < RECORD_HEADER ? Infinity : lengthOf(rest);
    if (RECORD_HEADER + length > rest.byteLength) {
      onDamage(offset, new RerunError("INVALID_FORMAT", "the last record of a chunk is incomplete"));
      break;
    }
    const record = rest.subarray(RECORD_HEADER, RECORD_HEADER + length);
    records.push({ op: rest[0] as number, bytes: record, offset });
    at += RECORD_HEADER + length;
  }
  return records;
}

/** The whole records of a chunk without compression at which a file was cut. */
function* cutChunk(bytes: Uint8Array): Generator<McapRecord[], void, undefined> {
  // Start and end time, size, checksum, and the compression's length, which is 0; then the length of the records.
  const header = 8 + 8 + 8 + 4 + 4 + 8;
  if (bytes.byteLength < header || new DataView(bytes.buffer, bytes.byteOffset + 28, 4).getUint32(0, true) !== 0)
    return;
  yield recordsIn(bytes.subarray(header), 0, () => {});
}

function lengthOf(record: Uint8Array): number {
  return Number(new DataView(record.buffer, record.byteOffset + 1, 8).getBigUint64(0, true));
}

function checkMagic(bytes: Uint8Array): void {
  if (MAGIC.some((byte, index) => bytes[index] !== byte))
    throw new RerunError("INVALID_FORMAT", "this is no MCAP file: it does not begin like one");
}

function endsEarly(): RerunError {
  return new RerunError("INVALID_FORMAT", "the file ends within a record");
}
