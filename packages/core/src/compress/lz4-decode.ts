import { checkGrowth } from "./check-growth.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { sequenceDecoder } from "./no-wasm.ts";

/** Copies may read and write up to this many bytes too many. Later copies overwrite them. */
const EXCESS = 3;
/** Longer copies use methods of the platform, whose overhead per call does not pay for short ones. */
const LONG = 64;
/** The smallest lengths that continue in further bytes. */
const MORE = 15;
/** With this much room behind it, a short copy needs no loop: up to 16 bytes of literals, or 20 of a match. */
const ROOM = 20;
/** The least size of a block for WebAssembly, where there is any. */
const MIN_WASM = 128;

/**
 * Decompresses a raw LZ4 block to exactly `size` bytes.
 * @throws {RerunError} `INVALID_FORMAT` if the block is damaged, has another size, or is too large for a message
 */
export function lz4Decode(
  block: Uint8Array,
  size: number,
  allocate: (length: number) => Uint8Array<ArrayBuffer> = (length) => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  // A byte of a block yields at most 255 bytes: a false size must not allocate gigabytes.
  if (size > block.byteLength * 255) throw damaged();
  checkGrowth(block.byteLength, size);
  const target = allocate(size);
  if (lz4DecodeInto(block, target, 0) !== size) throw damaged();
  return target;
}

/**
 * Decompresses a raw LZ4 block into `target` from `start` on. The block may refer to bytes before `start`. Returns the
 * end of the decompressed bytes.
 *
 * Columns of numbers consist of short matches and literals. Copying four bytes at a time, with some excess, is several
 * times as fast as a call for each of them. Source: the LZ4 block format, github.com/lz4/lz4.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the block is damaged or does not fit
 */
export function lz4DecodeInto(block: Uint8Array, target: Uint8Array, start: number): number {
  const decoder = block.byteLength < MIN_WASM ? undefined : sequenceDecoder();
  if (decoder === undefined) return decode(block, target, 0, start);
  decoder.decode(block, target, start);
  return decode(block, target, decoder.from, decoder.at);
}

/** Decodes the sequences of a block from the position `from` on. */
function decode(block: Uint8Array, target: Uint8Array, from: number, at: number): number {
  const source = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const end = block.byteLength;
  const size = target.byteLength;
  const lastFrom = end - EXCESS;
  const lastAt = size - EXCESS;
  while (from < end) {
    const token = block[from++] as number;
    let literals = token >> 4;
    if (literals < MORE && from + ROOM <= end && at + ROOM <= size) {
      view.setInt32(at, source.getInt32(from, true), true);
      if (literals > 4) {
        view.setInt32(at + 4, source.getInt32(from + 4, true), true);
        view.setInt32(at + 8, source.getInt32(from + 8, true), true);
        view.setInt32(at + 12, source.getInt32(from + 12, true), true);
      }
      from += literals;
      at += literals;
    } else {
      if (literals === MORE) {
        for (let byte = 255; byte === 255; literals += byte) {
          if (from >= end) throw damaged();
          byte = block[from++] as number;
        }
      }
      const stop = from + literals;
      if (stop > end || at + literals > size) throw damaged();
      const literalsEnd = at + literals;
      if (literals <= LONG && stop <= lastFrom && literalsEnd <= lastAt) {
        for (; at < literalsEnd; at += 4, from += 4) view.setInt32(at, source.getInt32(from, true), true);
      } else target.set(block.subarray(from, stop), at);
      at = literalsEnd;
      from = stop;
      if (from === end) break;
    }

    if (from + 2 > end) throw damaged();
    const distance = source.getUint16(from, true);
    from += 2;
    let match = at - distance;
    let length = token & 15;
    if (length < MORE && distance >= 4 && match >= 0 && at + ROOM <= size) {
      view.setInt32(at, view.getInt32(match, true), true);
      view.setInt32(at + 4, view.getInt32(match + 4, true), true);
      if (length > 4) {
        view.setInt32(at + 8, view.getInt32(match + 8, true), true);
        view.setInt32(at + 12, view.getInt32(match + 12, true), true);
        view.setInt32(at + 16, view.getInt32(match + 16, true), true);
      }
      at += length + 4;
      continue;
    }
    if (length === MORE) {
      for (let byte = 255; byte === 255; length += byte) {
        if (from >= end) throw damaged();
        byte = block[from++] as number;
      }
    }
    length += 4;
    const to = at + length;
    if (distance === 0 || match < 0 || to > size) throw damaged();
    if (length <= LONG && distance >= 4 && to <= lastAt) {
      for (; at < to; at += 4, match += 4) view.setInt32(at, view.getInt32(match, true), true);
      at = to;
    } else at = copyMatch(target, match, at, to);
  }
  return at;
}

/** Copies the bytes from `from` on to `at` up to `to`. The two ranges may overlap. */
function copyMatch(target: Uint8Array, from: number, at: number, to: number): number {
  // Each copy doubles the number of bytes that the next one can copy in one call.
  for (let next = at; next < to;) {
    const length = Math.min(to - next, next - from);
    target.copyWithin(next, from, from + length);
    next += length;
  }
  return to;
}

function damaged(): RerunError {
  return new RerunError("INVALID_FORMAT", "the LZ4 block is damaged, or its size differs from the one in the message");
}
