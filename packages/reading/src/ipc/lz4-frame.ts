import { RerunError } from "@rerun-ts/core";
import { lz4DecodeInto } from "@rerun-ts/core/rrd";

const MAGIC = 0x184d2204;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_DICTIONARY = 0x01;
const STORED = 0x80000000;

/**
 * Decompresses an LZ4 frame, as in compressed Arrow buffers, to exactly `size` bytes. Checksums are not verified.
 * Source: the LZ4 frame and block formats, github.com/lz4/lz4/tree/dev/doc.
 *
 * @param allocate gives the memory for the result. Default: new memory
 * @throws {RerunError} `INVALID_FORMAT` if the frame is damaged or has another size
 */
export function lz4FrameDecode(
  frame: Uint8Array,
  size: number,
  allocate: (size: number) => Uint8Array<ArrayBuffer> = (length) => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  // A byte of a block yields at most 255 bytes: a false size must not allocate gigabytes.
  if (!(size >= 0 && size <= frame.byteLength * 255)) throw damaged();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength < 11 || view.getUint32(0, true) !== MAGIC) throw damaged();
  const flags = view.getUint8(4);
  // After the flags: the block size, then the header's checksum.
  let from = 7 + (flags & FLAG_CONTENT_SIZE ? 8 : 0) + (flags & FLAG_DICTIONARY ? 4 : 0);
  const target = allocate(size);
  let written = 0;
  for (;;) {
    if (from + 4 > frame.byteLength) throw damaged();
    const header = view.getUint32(from, true);
    from += 4;
    if (header === 0) break;
    const length = header & 0x7fffffff;
    const block = frame.subarray(from, from + length);
    if (block.byteLength < length) throw damaged();
    if (header >= STORED) {
      if (written + length > size) throw damaged();
      target.set(block, written);
      written += length;
    } else written = lz4DecodeInto(block, target, written);
    from += length + (flags & FLAG_BLOCK_CHECKSUM ? 4 : 0);
  }
  if (written !== size) throw damaged();
  return target;
}

function damaged(): RerunError {
  return new RerunError("INVALID_FORMAT", "an LZ4 frame is damaged, or its size differs from the one before it");
}
