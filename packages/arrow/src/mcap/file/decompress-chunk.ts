import { RerunError } from "@rerun-ts/core";
import { lz4FrameDecode } from "../../ipc/lz4-frame.ts";
import type { McapChunkHeader } from "./records.ts";
import { zstdDecoder, type ZstdDecoder } from "./zstd-decoder.ts";

/** The largest size of nothing, compressed. */
const MAX_EMPTY_BYTES = 64;
/** No codec shrinks data further in practice: more is taken for damage, before memory is allocated. */
const MAX_RATIO = 100_000;

/**
 * The records of a chunk. Rejects with `INVALID_FORMAT` if they are damaged, and with `UNSUPPORTED` if they are
 * compressed in another way.
 *
 * @param allocate gives the memory for the records of LZ4. Default: new memory
 * @param decodeZstd Default: {@link zstdDecoder}
 */
export async function decompressChunk(
  { compression, records, uncompressedSize }: McapChunkHeader,
  allocate?: (size: number) => Uint8Array<ArrayBuffer>,
  decodeZstd?: ZstdDecoder,
): Promise<Uint8Array> {
  if (compression === "") return records;
  if (uncompressedSize === 0 && records.byteLength <= MAX_EMPTY_BYTES) return new Uint8Array(0);
  if (compression === "lz4") return lz4FrameDecode(records, uncompressedSize, allocate);
  if (compression !== "zstd")
    throw new RerunError("UNSUPPORTED", `the chunk is compressed by ${JSON.stringify(compression)}, not zstd or lz4`);
  // Decoders take a size of 0 for an unknown one.
  if (uncompressedSize > 0 && uncompressedSize <= records.byteLength * MAX_RATIO) {
    const decode = decodeZstd ?? (await zstdDecoder());
    try {
      const bytes = await decode(records, uncompressedSize);
      if (bytes.byteLength === uncompressedSize) return bytes;
    } catch (error) {
      throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged", { cause: error });
    }
  }
  throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged");
}
