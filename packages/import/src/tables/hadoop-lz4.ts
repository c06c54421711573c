import { RerunError } from "@rerun-ts/core";
import { lz4DecodeInto } from "@rerun-ts/core/rrd";
import { lz4FrameDecode } from "@rerun-ts/reading/chunks";

const HEADER_BYTES = 8;
const FRAME_MAGIC = 0x184d2204;

/**
 * Decompresses a page of Parquet's codec `LZ4`, which writers have understood differently: as frames of LZ4, as blocks
 * with sizes before them, as Hadoop writes them, or as one block.
 * @throws {RerunError} `INVALID_FORMAT` if it is none of these
 */
export function lz4OfHadoop(input: Uint8Array, length: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.byteLength >= 4 && view.getUint32(0, true) === FRAME_MAGIC) return lz4FrameDecode(input, length);
  const output = new Uint8Array(length);
  if (isBlocks(view, length) && decodeBlocks(input, view, output)) return output;
  if (lz4DecodeInto(input, output, 0) === length) return output;
  throw new RerunError("INVALID_FORMAT", "a page has another size than its header says");
}

/** Whether sizes of blocks lead to the end of the input. */
function isBlocks(view: DataView, length: number): boolean {
  let [at, out] = [0, 0];
  while (at + HEADER_BYTES <= view.byteLength) {
    out += view.getUint32(at);
    at += HEADER_BYTES + view.getUint32(at + 4);
  }
  return at === view.byteLength && out === length;
}

function decodeBlocks(input: Uint8Array, view: DataView, output: Uint8Array): boolean {
  let out = 0;
  for (let at = 0; at < input.byteLength;) {
    const [size, stored] = [view.getUint32(at), view.getUint32(at + 4)];
    const block = input.subarray(at + HEADER_BYTES, at + HEADER_BYTES + stored);
    try {
      if (lz4DecodeInto(block, output.subarray(out, out + size), 0) !== size) return false;
    } catch {
      return false;
    }
    out += size;
    at += HEADER_BYTES + stored;
  }
  return true;
}
